import type { Resource, ResourceType } from "../../resource/mod.ts";
import type { FindMissing } from "../isolation/isolation-types.ts";
import { readable } from "../referenced-names.ts";
import { typeName } from "../type-name.ts";
import type { TypeProgress } from "./type-progress.ts";

/**
 * Finds what resources refer to, directly or through others, and the client is not sent since it or others reject it: a
 * route waits for its cluster, and for the endpoints of the cluster.
 *
 * @returns undefined if the client is kept from nothing that it does not have
 */
export function missingReferences(
  type: ResourceType | undefined,
  types: ReadonlyMap<string, TypeProgress>,
): FindMissing | undefined {
  if (type?.references === undefined) return undefined;
  for (const { isolation } of types.values()) {
    if (isolation?.isHolding) return (resource) => missingIn(resource, type, types);
  }
  return undefined;
}

function missingIn(
  resource: Resource,
  type: ResourceType | undefined,
  types: ReadonlyMap<string, TypeProgress>,
): string | undefined {
  for (const { typeUrl, namesIn, resends } of type?.references ?? []) {
    const target = types.get(typeUrl);
    const view = target?.watched.view;
    if (resends || target === undefined || view === undefined) continue;
    for (const name of readable(resource, namesIn)) {
      const referred = view.get(name);
      if (referred === undefined) continue;
      if (target.isolation?.lacks(referred)) return `${typeName(typeUrl)} ${JSON.stringify(name)}`;
      const missing = missingIn(referred, target.type, types);
      if (missing !== undefined) return missing;
    }
  }
  return undefined;
}
