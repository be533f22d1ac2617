import type { StreamLimits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";
import { decodeRequest, type DiscoveryRequest, type Variant } from "./request.ts";
import type { Subscription } from "./subscription.ts";

/**
 * Decodes a request, and completes its type URL from that of the service.
 *
 * @param service.typeUrl - the type of the service; undefined on ADS
 * @throws ProtocolError for bytes that cannot be decoded, and for a type that the service does not serve
 */
export function readRequest(
  message: Uint8Array,
  { variant, typeUrl }: { readonly variant: Variant; readonly typeUrl: string | undefined },
): DiscoveryRequest {
  const request = decode(message, variant);
  if (request.typeUrl === "") {
    if (typeUrl !== undefined) return { ...request, typeUrl };
    throw new ProtocolError("invalid_argument", "a request on ADS must have a type_url");
  }
  if (typeUrl !== undefined && typeUrl !== request.typeUrl) {
    throw new ProtocolError("invalid_argument", `this service serves ${typeUrl} alone; use ADS for other types`);
  }
  return request;
}

/** @throws ProtocolError for more names, or longer ones, than a client may subscribe to */
export function checkNames(
  { typeUrl, names }: DiscoveryRequest,
  subscription: Subscription,
  { maxNames, maxNameLength }: StreamLimits,
): void {
  if (subscription.names.size > maxNames) {
    throw new ProtocolError("resource_exhausted", `a stream may subscribe to at most ${maxNames} names of ${typeUrl}`);
  }
  if (names.some((name) => name.length > maxNameLength)) {
    throw new ProtocolError("invalid_argument", `a resource name may have at most ${maxNameLength} characters`);
  }
}

function decode(message: Uint8Array, variant: Variant): DiscoveryRequest {
  try {
    return decodeRequest(variant, message);
  } catch (cause) {
    throw new ProtocolError("invalid_argument", "the request cannot be decoded", { cause });
  }
}
