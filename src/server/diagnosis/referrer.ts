import type { Reference, Resource } from "../../resource/mod.ts";
import { typeName, type TypeStream } from "../../stream/mod.ts";

/**
 * A resource that a client may have and that refers to a name, such as `Cluster "a"`; undefined if there is none among
 * the first 10,000 of each type.
 *
 * @param types - the types of a stream of the client
 */
export function referrerOf(
  types: ReadonlyMap<string, TypeStream>,
  { typeUrl, name }: { readonly typeUrl: string; readonly name: string },
): string | undefined {
  for (const { type, watched: { view } } of types.values()) {
    const all = [...type?.references ?? [], ...type?.uses ?? []];
    const references = all.filter((each) => each.typeUrl === typeUrl && !each.resends);
    if (view === undefined || references.length === 0) continue;
    let count = 0;
    for (const resource of view) {
      if (count++ >= MAX_LOOKED) break;
      if (references.some((each) => refersTo(each, resource, name))) {
        return `${typeName(type!.typeUrl)} ${JSON.stringify(resource.name)}`;
      }
    }
  }
  return undefined;
}

const MAX_LOOKED = 10_000;

function refersTo({ namesIn }: Reference, resource: Resource, name: string): boolean {
  try {
    return namesIn(resource).includes(name);
  } catch {
    return false; // what cannot be read is rejected by the client, which says more
  }
}
