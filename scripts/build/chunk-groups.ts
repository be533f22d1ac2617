import { basename, dirname, relative, sep } from "node:path";
import type { ChunkingContext, CodeSplittingGroup } from "rolldown";

/** The path of the sources, and those of the entries by which they are divided. */
interface Division {
  readonly root: string;
  readonly entries: readonly string[];
}

/**
 * Divides modules for rolldown: those that the same entries load, and that are therefore always loaded together, are one
 * chunk. Generated modules are in chunks of their own, for programs that import types alone. A module that none of the
 * entries loads is left to rolldown.
 */
export function chunkGroups({ root, entries }: Division): CodeSplittingGroup[] {
  let loaded: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  // A group takes what its modules import as well, unless a group of a higher priority has taken it.
  return [true, false].flatMap((generated) => {
    return Array.from({ length: entries.length }, (_, index) => ({
      debugName: `${generated ? "gen" : "src"} of ${index + 1}`,
      priority: (generated ? entries.length : 0) + index + 1,
      test: (id: string) => isGenerated(id) === generated && !entries.includes(id),
      name: (id: string, context: ChunkingContext) => {
        loaded ??= new Map(entries.map((entry) => [entry, loadedBy(entry, context)]));
        const names = entries.filter((entry) => loaded!.get(entry)!.has(id)).map(nameOf);
        return names.length === index + 1 ? [...(generated ? ["gen"] : []), ...names].join("-") : undefined;
      },
    }));
  });

  function isGenerated(id: string): boolean {
    return relative(root, id).startsWith(`gen${sep}`);
  }

  /** That of its folder, and for `mod.ts` at the root the name that it has in the docs. */
  function nameOf(entry: string): string {
    const folder = dirname(entry);
    return folder === root ? "core" : basename(folder);
  }
}

/** The modules that are evaluated when the entry is imported. */
function loadedBy(entry: string, context: ChunkingContext): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const id of found) for (const imported of context.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}
