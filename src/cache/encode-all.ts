import type { Resource } from "../resource/mod.ts";

/**
 * Encodes what is not yet, before anything of a publication takes effect: what cannot be encoded is an error of who
 * publishes it, and must not end the streams of those who would be sent it.
 *
 * @returns the same resources
 * @throws TypeError for the first one that cannot be encoded
 */
export function encoded<R extends Iterable<Resource>>(resources: R): R {
  for (const resource of resources) void resource.bytes;
  return resources;
}
