import { join, relative } from "node:path";

/** The folder of the project. */
export const ROOT = join(import.meta.dirname!, "../..");

/** The path of a file in the project, with slashes. Above it there may be folders of any name, `src` among them. */
export function pathOf({ filename }: Pick<Deno.lint.RuleContext, "filename">): string {
  return relative(ROOT, filename).replaceAll("\\", "/");
}
