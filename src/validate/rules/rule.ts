/** A rule of the API for one value, compiled. */
export interface Rule {
  /** Its name in `validate.proto`, as in `string.min_len`. */
  readonly id: string;
  /** What the value has to be, in a sentence without the value. */
  readonly expected: string;
  /** Whether a value, of the type that the field has, breaks it. */
  readonly isBroken: (value: never) => boolean;
}

/** Makes a rule. */
export function rule<T>(id: string, expected: string, isBroken: (value: T) => boolean): Rule {
  return { id, expected, isBroken: isBroken as (value: never) => boolean };
}

/** The same rules, which values that are empty do not break: `ignore_empty`. */
export function unlessEmpty<T>(rules: readonly Rule[], isEmpty: (value: T) => boolean): Rule[] {
  return rules.map(({ id, expected, isBroken }) => {
    return rule<T>(id, expected, (value) => !isEmpty(value) && isBroken(value as never));
  });
}

/**
 * The fields of a message of rules that are set. `validate.proto` is of proto2, so that a rule of 0 differs from none,
 * and messages have the defaults of unset fields on their prototype.
 */
export function setFields<T extends object>(rules: T): Partial<T> {
  return Object.fromEntries(Object.entries(rules)) as Partial<T>;
}

/** The rules `const`, `in` and `not_in`, of values that are compared by identity. */
export function membership<T>(
  kind: string,
  rules: { readonly const?: T | undefined; readonly in?: readonly T[]; readonly notIn?: readonly T[] },
  show: (value: T) => string,
): Rule[] {
  const made: Rule[] = [];
  const { const: only } = rules;
  if (only !== undefined) made.push(rule<T>(`${kind}.const`, `Must be ${show(only)}`, (value) => value !== only));
  if (rules.in?.length) {
    const allowed = new Set(rules.in);
    made.push(rule<T>(`${kind}.in`, `Must be one of ${rules.in.map(show).join(", ")}`, (value) => !allowed.has(value)));
  } else if (rules.notIn?.length) {
    const refused = new Set(rules.notIn);
    const list = rules.notIn.map(show).join(", ");
    made.push(rule<T>(`${kind}.not_in`, `Must not be any of ${list}`, (value) => refused.has(value)));
  }
  return made;
}
