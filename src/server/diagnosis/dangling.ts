import { isGlob, normalName, type Reference, type Resource } from "../../resource/mod.ts";
import { type Finding, typeName, type TypeStream } from "../../stream/mod.ts";

/**
 * What resources of a type refer to, and the cache does not have, of types that the client subscribes to as a whole. No
 * name that the client subscribes to is missing then: an Envoy responds with 503 to a route to such a cluster.
 *
 * @param types - the types of the stream
 * @param name - only references of this resource. Default: those of the first 10,000 that the client subscribes to.
 * @returns the first 10
 */
export function danglingIn(source: TypeStream, types: ReadonlyMap<string, TypeStream>, name?: string): Finding[] {
  const { typeUrl, type, watched: { view, hasMoved } } = source;
  const references = [...type?.references ?? [], ...type?.uses ?? []].filter(({ resends }) => !resends);
  if (view === undefined || hasMoved || references.length === 0) return [];
  const found: Finding[] = [];
  const one = name === undefined ? undefined : view.get(normalName(name));
  let count = 0;
  for (const resource of name === undefined ? view : one === undefined ? [] : [one]) {
    if (count++ >= MAX_LOOKED || found.length >= MAX_SHOWN) break;
    if (!source.matches(resource.name)) continue;
    for (const reference of references) {
      const target = types.get(reference.typeUrl);
      for (const missing of target === undefined ? [] : missingOf(reference, resource, target)) {
        const text = `${typeName(typeUrl)} ${JSON.stringify(resource.name)}: it refers to ` +
          `${typeName(target!.typeUrl)} ${JSON.stringify(missing)}, which the cache does not have`;
        found.push({ reason: "missing", typeUrl: target!.typeUrl, name: missing, text });
      }
    }
  }
  return found.slice(0, MAX_SHOWN);
}

const MAX_LOOKED = 10_000;
const MAX_SHOWN = 10;

function missingOf({ namesIn }: Reference, resource: Resource, { type, subscription, watched }: TypeStream): string[] {
  const { view, hasMoved } = watched;
  if (!subscription.wildcard || view === undefined || hasMoved || type?.aliases !== undefined) return [];
  return [...new Set(readable(namesIn, resource))].filter((name) =>
    view.get(name) === undefined && !isGlob(name) && view.isLoading?.(name) !== true && !subscription.names.has(name)
  );
}

function readable(namesIn: Reference["namesIn"], resource: Resource): readonly string[] {
  try {
    return [...namesIn(resource)];
  } catch {
    return []; // what cannot be read is rejected by the client, which says more
  }
}
