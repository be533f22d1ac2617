import { encodeResource, type Resource } from "../resource/mod.ts";

/**
 * Encodes the resources of a publication, before any of it takes effect. An error belongs to the publisher; found later,
 * it would end the streams that the resource is sent on.
 *
 * @returns the same resources
 * @throws TypeError for the first one that cannot be encoded
 */
export function encodeAll<R extends Iterable<Resource>>(resources: R): R {
  for (const resource of resources) encodeResource(resource);
  return resources;
}
