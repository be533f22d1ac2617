import { rawResource, type Resource } from "../resource/mod.ts";
import { TYPES } from "./renamed-types.ts";

/**
 * The same resource for clients of v2: its bytes with the URL of the type in v2. Such clients ignore fields that v2 does
 * not have; nested filters must be of types that they support.
 *
 * @throws TypeError if v2 does not have the type
 */
export function asV2(resource: Resource): Resource {
  const typeUrl = TYPES.get(resource.typeUrl);
  if (typeUrl === undefined) throw new TypeError(`Cannot serve "${resource.name}": v2 has no ${resource.typeUrl}`);
  const { name, bytes, version, ttlMs, aliases } = resource;
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== undefined && { ttlMs } });
}
