/** A rule of the contract that a cache breaks. Test runners show `actual` and `expected` next to each other. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(rule: string, { actual, expected }: { readonly actual?: unknown; readonly expected?: unknown } = {}) {
    super(actual === undefined ? rule : `${rule}: expected ${text(expected)}, got ${text(actual)}`);
    this.actual = actual;
    this.expected = expected;
  }
}

/** @throws Fault unless the condition holds */
export function check(condition: boolean, rule: string): void {
  if (!condition) throw new Fault(rule);
}

/** @throws Fault unless the two are the same when written as JSON */
export function same(actual: unknown, expected: unknown, rule: string): void {
  if (text(actual) !== text(expected)) throw new Fault(rule, { actual, expected });
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}
