/** A rule of the contract that the cache under test breaks, as its test fails with it. */
export class ContractViolation extends Error {
  /** `ContractViolation` */
  override readonly name = "ContractViolation";
  /** What the cache did, where it can be compared; test runners show it beside `expected`. */
  readonly actual: unknown;
  /** What the contract says, where it can be compared. */
  readonly expected: unknown;

  /**
   * A failure of one test of the kit.
   *
   * @param rule - the rule, as a sentence without a period
   */
  constructor(rule: string, { actual, expected }: { readonly actual?: unknown; readonly expected?: unknown } = {}) {
    super(actual === undefined ? rule : `${rule}: expected ${text(expected)}, got ${text(actual)}`);
    this.actual = actual;
    this.expected = expected;
  }

  /** The same with more to say. */
  with(hint: string): ContractViolation {
    const { message, stack, actual, expected } = this;
    const copy = new ContractViolation(`${message}; ${hint}`);
    return Object.assign(copy, { actual, expected, stack: stack?.replace(message, () => copy.message) });
  }
}

/** @throws ContractViolation unless the condition holds */
export function check(condition: boolean, rule: string): void {
  if (!condition) throw new ContractViolation(rule);
}

/** @throws ContractViolation unless the two are the same when written as JSON */
export function same(actual: unknown, expected: unknown, rule: string): void {
  if (text(actual) !== text(expected)) throw new ContractViolation(rule, { actual, expected });
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}
