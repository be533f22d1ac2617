import { rawResource, type Resource } from "../resource/mod.ts";
import { TYPES } from "./renamed-types.ts";

/**
 * The same resource for clients of v2: its bytes under the name that its type had. What only v3 has is ignored by them;
 * that the types of nested filters are ones that the client knows is for the caller to see to.
 *
 * @throws TypeError if v2 had no such type
 */
export function asV2(resource: Resource): Resource {
  const typeUrl = TYPES.get(resource.typeUrl);
  if (typeUrl === undefined) throw new TypeError(`Cannot serve "${resource.name}": v2 has no ${resource.typeUrl}`);
  const { name, bytes, version, ttlMs, aliases } = resource;
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== undefined && { ttlMs } });
}
