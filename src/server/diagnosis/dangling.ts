import { isGlob, normalName, type Reference, type Resource } from "../../resource/mod.ts";
import { type Finding, typeName, type TypeStream } from "../../stream/mod.ts";

/** Whose references are looked at. */
export interface DanglingOptions {
  /** Only those of this resource. Default: of those that the client subscribes to. */
  readonly name?: string | undefined;
  /** How many resources are looked at. Default: 10,000. */
  readonly looked?: number;
}

/**
 * What resources of a type refer to, and the cache does not have, of types that the client subscribes to as a whole. No
 * name that the client subscribes to is missing then: an Envoy responds with 503 to a route to such a cluster.
 *
 * @param types - the types of the stream
 * @returns the first 10
 */
export function danglingIn(
  source: TypeStream,
  types: ReadonlyMap<string, TypeStream>,
  { name, looked = MAX_LOOKED }: DanglingOptions = {},
): Finding[] {
  const { typeUrl, watched: { view, hasMoved } } = source;
  const targets = targetsOf(source, types);
  const found: Finding[] = [];
  if (view === undefined || hasMoved || targets.length === 0) return found;
  const one = name === undefined ? undefined : view.get(normalName(name));
  let count = 0;
  for (const resource of name === undefined ? view : one === undefined ? [] : [one]) {
    if (count++ >= looked || found.length >= MAX_SHOWN) break;
    if (!source.matches(resource.name)) continue;
    for (const { reference, target } of targets) {
      for (const missing of missingOf(reference, resource, target)) {
        const text = `${typeName(typeUrl)} ${JSON.stringify(resource.name)}: it refers to ` +
          `${typeName(target.typeUrl)} ${JSON.stringify(missing)}, which the cache does not have`;
        found.push({ reason: "missing", typeUrl: target.typeUrl, name: missing, text });
      }
    }
  }
  return found.slice(0, MAX_SHOWN);
}

interface Target {
  readonly reference: Reference;
  readonly target: TypeStream;
}

function targetsOf({ type }: TypeStream, types: ReadonlyMap<string, TypeStream>): Target[] {
  return [...type?.references ?? [], ...type?.uses ?? []].flatMap((reference) => {
    const target = reference.resends ? undefined : types.get(reference.typeUrl);
    if (target?.subscription.wildcard !== true || target.type?.aliases !== undefined) return [];
    return target.watched.view === undefined || target.watched.hasMoved ? [] : [{ reference, target }];
  });
}

const MAX_LOOKED = 10_000;
const MAX_SHOWN = 10;

function missingOf({ namesIn }: Reference, resource: Resource, { subscription, watched }: TypeStream): string[] {
  const view = watched.view!;
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
