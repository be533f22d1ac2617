import { normalName, type Resource } from "../../resource/mod.ts";
import { indexByName } from "../resource-index.ts";

/** What a client rejects with a full state, beside what it had accepted before: new and changed resources, and removals. */
export function fullStateDifference(
  resources: readonly Resource[],
  accepted: readonly Resource[],
): { readonly resources: readonly Resource[]; readonly removed: readonly string[] } {
  const before = indexByName(accepted);
  const after = indexByName(resources);
  return {
    resources: resources.filter(({ name, version }) => before.get(normalName(name))?.version !== version),
    removed: [...before.keys()].filter((name) => !after.has(name)),
  };
}
