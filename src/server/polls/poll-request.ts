import type { Node } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import type { Resource } from "../../resource/mod.ts";
import { ProtocolError, type StreamLimits } from "../../stream/mod.ts";

/** A poll: one request of REST or of unary `Fetch`, as far as it is looked at. */
export interface FetchRequest {
  /** The version of the last answer that the client accepted; empty before the first. */
  readonly versionInfo: string;
  /** What the client wants; none, or `*`, for everything. */
  readonly names: readonly string[];
}

/** A poll, as it is shown to callbacks. */
export interface FetchInfo {
  readonly protocol: "rest" | "grpc" | "grpc-web" | "connect";
  /** The type that is asked for. */
  readonly typeUrl: string;
  /** The client, without its list of extensions. */
  readonly node: Node;
  /** The client's address, where the transport knows it. */
  readonly peer: string | undefined;
}

/** What a poll was answered. */
export interface FetchResponse {
  /** Whether there was something new: otherwise the answer is empty, in REST with status 304. */
  readonly modified: boolean;
  /** The `version_info` of the answer; empty if nothing was new. */
  readonly version: string;
  readonly resources: readonly Resource[];
}

/** What of a poll its protocol has decoded. */
export interface DecodedFetch extends FetchRequest {
  /** Empty for the type of the service. */
  readonly typeUrl: string;
  readonly node: Node | undefined;
}

/**
 * Holds a poll to the same rules as a request on a stream.
 *
 * @param typeUrl - the type of the service
 * @returns its node
 * @throws ProtocolError
 */
export function checkFetch(request: DecodedFetch, typeUrl: string, limits: StreamLimits): Node {
  const { names, node } = request;
  if (request.typeUrl !== "" && request.typeUrl !== typeUrl) {
    throw new ProtocolError("invalid_argument", `this service serves ${typeUrl} alone`);
  }
  if (node === undefined) throw new ProtocolError("invalid_argument", "a request must have a node");
  if (names.length > limits.maxNames) {
    throw new ProtocolError("resource_exhausted", `a request may have at most ${limits.maxNames} names`);
  }
  if (names.some((name) => name.length > limits.maxNameLength)) {
    throw new ProtocolError(
      "invalid_argument",
      `a resource name may have at most ${limits.maxNameLength} characters`,
    );
  }
  return node;
}
