import { likelyName } from "./likely-name.ts";

/** Every name of options, so that a new option without a name here is an error of types. */
export type OptionNames<T> = Readonly<Record<keyof Required<T>, true>>;

/**
 * Refuses options with a name that is not known: without types, or with a type that allows more, it would be ignored.
 *
 * @param doing - what the options are for, such as `create a server`
 * @throws TypeError with the name that is likely to be meant
 */
export function checkOptions(doing: string, options: object, known: Readonly<Record<string, true>>): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const likely = likelyName(name, Object.keys(known));
    const hint = likely === undefined
      ? `there are ${Object.keys(known).sort().join(", ")}`
      : `did you mean "${likely}"?`;
    throw new TypeError(`Cannot ${doing}: it has no option ${JSON.stringify(name)}; ${hint}`);
  }
}
