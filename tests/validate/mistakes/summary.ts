import type { Resource } from "../../../mod.ts";
import { validate } from "../../../src/validate/mod.ts";

/** What our validation says of a configuration, in a few words: `error`, the rules; or `–` for nothing. */
export function summaryOf(resources: readonly Resource[]): string {
  const problems = validate(resources);
  const errors = problems.filter(({ severity }) => severity === "error");
  const listed = errors.length > 0 ? errors : problems;
  if (listed.length === 0) return "–";
  const rules = [...new Set(listed.map(({ rule }) => `\`${rule}\``))].join(", ");
  return `${errors.length > 0 ? "error" : "warning"} ${rules}`;
}
