import type { ValidateOptions } from "../validate/mod.ts";
import { CLUSTER_TYPE } from "../v3/types.ts";
import { numberOf, type Options, textsOf, type Values, wordOf } from "./command.ts";

/** Options of the commands that read files. */
export const FILE_OPTIONS: Options = {
  "max-file-mb": { type: "string" },
  "static-cluster": { type: "string", multiple: true },
  missing: { type: "string" },
};

/** The help on them. */
export const FILE_HELP =
  `  --static-cluster <name> a cluster of the clients' bootstraps, which the files may refer to; can be repeated
  --missing <severity>    of references that lead nowhere: error, warning or off (default: error)
  --max-file-mb <n>       the largest file (default: 32)`;

/** The largest file. */
export function maxFileBytesOf(values: Values): number {
  return (numberOf(values, "max-file-mb", { min: 1, max: 1024 }) ?? 32) * 1024 * 1024;
}

/** What is wrong in files, and what clients have beside them. */
export function validateOptionsOf(values: Values): ValidateOptions {
  const reference = wordOf(values, "missing", ["error", "warning", "off"]) ?? "error";
  return { rules: { reference }, external: { [CLUSTER_TYPE]: textsOf(values, "static-cluster") } };
}
