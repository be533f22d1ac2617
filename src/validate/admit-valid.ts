import { type Admission, lineOf } from "../cache/admit.ts";
import { Snapshot } from "../cache/snapshot.ts";
import { oneLine } from "../resource/one-line.ts";
import { duplicatesIn } from "./duplicate-names.ts";
import type { ValidateOptions } from "./options.ts";
import type { Problem } from "./problem.ts";
import { Validator } from "./validator.ts";

/** Options of {@link admitValid}. */
export interface AdmitValidOptions extends ValidateOptions {
  /**
   * Called with the warnings of each change that has some, whether it is refused or not, such as a route to a cluster that
   * does not exist. Default: `console.warn`, a line for each of the first 10, once.
   */
  readonly onWarnings?: (warnings: readonly Problem[]) => void;
}

/**
 * Makes the option `admit` of caches, which refuses changes with errors: `new SnapshotCache({ admit: admitValid() })`.
 *
 * It looks at what changes only: each resource once in its life, its references, and the resources that refer to one that
 * is removed. In a cache of one type it does not look for other types, and finds fewer problems.
 *
 * @param options - as those of `validate`
 */
export function admitValid(
  { onWarnings = printer(), ...options }: AdmitValidOptions = {},
): (change: Admission) => Problem[] {
  const validator = new Validator(options);
  return (change) => {
    const duplicates = duplicatesOf(change).flatMap((each) => validator.withSeverity(each) ?? []);
    const problems = [
      ...duplicates,
      ...validator.problemsOf({ ...change, update: new Set(change.update), types: change.after.types }),
    ];
    const warnings = problems.filter(({ severity }) => severity === "warning");
    if (warnings.length > 0) onWarnings(warnings);
    return problems;
  };
}

/** A source that is polled gives the same again and again. Names are chosen by others, and must not forge lines. */
function printer(): (warnings: readonly Problem[]) => void {
  const printed = new Set<string>();
  return (warnings) => {
    const lines = warnings.slice(0, MAX_PRINTED).map((each) => oneLine(`Warning: ${lineOf(each)}`));
    const rest = warnings.length - MAX_PRINTED;
    if (rest > 0) lines.push(`Warning: and ${rest} more`);
    for (const line of lines) if (!printed.has(line)) console.warn(line);
    if (printed.size > MAX_REMEMBERED) printed.clear();
    for (const line of lines) printed.add(line);
  };
}

const MAX_REMEMBERED = 1_000;
const MAX_PRINTED = 10;

/** A changed copy of a snapshot keeps the names that were given twice, which is not a problem of the change. */
function duplicatesOf({ before, after }: Admission): Problem[] {
  const duplicates = after instanceof Snapshot ? duplicatesIn(after) : [];
  if (duplicates.length === 0) return [];
  const known = new Set(before instanceof Snapshot ? duplicatesIn(before).map(keyOf) : []);
  return duplicates.filter((each) => !known.has(keyOf(each)));
}

function keyOf({ typeUrl, resource }: Problem): string {
  return `${typeUrl} ${resource}`;
}
