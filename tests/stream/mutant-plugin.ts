import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vitest/config";
import { ISOLATION_MUTANTS } from "./isolation-mutants.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";

/**
 * Loads modules with a seeded fault: `import("./run.ts?mutant=3")` is `run.ts` on a stream that has fault 3, beside the
 * stream without it. The query is passed on to the modules that depend on the file with the fault; all others are shared.
 */
export function mutantPlugin(): Plugin {
  return {
    name: "mutants",
    enforce: "pre",
    async resolveId(source, importer) {
      const [path, index] = importer?.split(QUERY) ?? [];
      if (index === undefined) return null;
      const resolved = await this.resolve(source, path, { skipSelf: true });
      if (resolved === null || !dependsOn(resolved.id, pathOf(ALL[Number(index)]!))) return resolved;
      return `${resolved.id}${QUERY}${index}`;
    },
    load(id) {
      const [path, index] = id.split(QUERY);
      if (index === undefined) return null;
      const mutant = ALL[Number(index)]!;
      const text = readFileSync(path!, "utf8");
      return path === pathOf(mutant) ? text.replace(mutant.find, () => mutant.replace) : text;
    },
  };
}

/** The file that has the fault. */
export function pathOf({ file }: Mutant): string {
  return join(import.meta.dirname, "../../src/stream", file);
}

const ALL: readonly Mutant[] = [...MUTANTS, ...ISOLATION_MUTANTS];
const QUERY = "?mutant=";
/** Only these run the stream. */
const HARNESS = /\/(?:src\/(?:stream|testing)|tests\/(?:protocol|stream))\/[^?]*\.ts$/;

/** Whether a module imports a file, directly or through others. */
function dependsOn(path: string, target: string): boolean {
  if (path === target) return true;
  if (!HARNESS.test(path)) return false;
  const key = `${path} ${target}`;
  let known = dependents.get(key);
  if (known === undefined) {
    dependents.set(key, false);
    dependents.set(key, known = importsOf(path).some((each) => dependsOn(each, target)));
  }
  return known;
}

function importsOf(path: string): string[] {
  const imports = readFileSync(path, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*? from "(\.[^"]+)";/gm);
  return [...imports].map(([, source]) => join(dirname(path), source!));
}

const dependents = new Map<string, boolean>();
