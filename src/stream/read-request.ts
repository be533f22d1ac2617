import type { StreamLimits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";
import { decodeRequest, type DiscoveryRequest, type Variant } from "./request.ts";

/**
 * Decodes a request, completes its type URL from that of the service, and checks its names before anything keeps them.
 *
 * @param service.typeUrl - the type of the service; undefined on ADS
 * @throws ProtocolError for bytes that cannot be decoded, for a type that the service does not serve, and for names that
 * are too many or too long
 */
export function readRequest(
  message: Uint8Array,
  { variant, typeUrl, limits }: {
    readonly variant: Variant;
    readonly typeUrl: string | undefined;
    readonly limits: StreamLimits;
  },
): DiscoveryRequest {
  const request = decode(message, variant);
  checkNames(request, limits);
  if (request.typeUrl === "") {
    if (typeUrl !== undefined) return { ...request, typeUrl };
    throw new ProtocolError("invalid_argument", "a request on ADS must have a type_url");
  }
  if (typeUrl !== undefined && typeUrl !== request.typeUrl) {
    throw new ProtocolError("invalid_argument", `this service serves ${typeUrl} alone; use ADS for other types`);
  }
  return request;
}

const NO_NAMES: readonly string[] = [];
/** Ten times that of any type of Envoy's. */
const MAX_TYPE_URL_LENGTH = 1_024;

function checkNames(
  { typeUrl, names, unsubscribe, initialVersions }: DiscoveryRequest,
  { maxNames, maxNameLength }: StreamLimits,
): void {
  if (Math.max(names.length, unsubscribe.length, initialVersions.size) > maxNames) {
    throw new ProtocolError("resource_exhausted", `a request may have at most ${maxNames} names`, {
      limit: "maxNames",
    });
  }
  const isTooLong = (name: string) => name.length > maxNameLength;
  if (typeUrl.length > MAX_TYPE_URL_LENGTH) {
    throw new ProtocolError("invalid_argument", `a type URL may have at most ${MAX_TYPE_URL_LENGTH} characters`);
  }
  const versioned = initialVersions.size === 0 ? NO_NAMES : [...initialVersions.keys()];
  if (names.some(isTooLong) || unsubscribe.some(isTooLong) || versioned.some(isTooLong)) {
    throw new ProtocolError("invalid_argument", `a resource name may have at most ${maxNameLength} characters`, {
      limit: "maxNameLength",
    });
  }
}

function decode(message: Uint8Array, variant: Variant): DiscoveryRequest {
  try {
    return decodeRequest(variant, message);
  } catch (cause) {
    throw new ProtocolError("invalid_argument", "the request cannot be decoded", { cause });
  }
}
