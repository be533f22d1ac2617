import type { Node } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import { type ClientCertificate, HELD_COSTS, ProtocolError, type StreamLimits } from "../../stream/mod.ts";

/** The request of a poll, by REST or unary `Fetch`. */
export interface FetchRequest {
  /** The version of the last response that the client accepted; empty before the first. */
  readonly versionInfo: string;
  /** The names that the client requests; none, or `*`, for everything. */
  readonly names: readonly string[];
}

/** A poll, as it is shown to callbacks. */
export interface FetchInfo {
  /** The protocol by which the poll arrived. */
  readonly protocol: "rest" | "grpc" | "grpc-web" | "connect";
  /** The requested type. */
  readonly typeUrl: string;
  /** The client, without its list of extensions. */
  readonly node: Node;
  /** The client's address, where the transport knows it. */
  readonly peer: string | undefined;
  /** The client's certificate, where the transport has verified one. */
  readonly certificate: ClientCertificate | undefined;
}

/** The response to a poll. */
export interface FetchResponse {
  /** Whether the client is sent resources: if it is up to date, the response is empty, in REST with status 304. */
  readonly modified: boolean;
  /** The `version_info` of the response; empty if the client is up to date. */
  readonly version: string;
  /** The resources of the response; empty if the client is up to date. */
  readonly resources: readonly Resource[];
}

/** A poll as its protocol has decoded it. */
export interface DecodedPoll extends FetchRequest {
  /** Empty for the type of the service. */
  readonly typeUrl: string;
  readonly node: Node | undefined;
  /** The memory that it holds while it waits, as an estimate in bytes: see {@link heldBytesOf}. */
  readonly heldBytes: number;
}

/** Estimates the memory that a poll holds while it waits, in bytes. @param nodeBytes - the size of the node as it was encoded */
export function heldBytesOf(
  { nodeBytes, names, versionInfo }: {
    readonly nodeBytes: number;
    readonly names: readonly string[];
    readonly versionInfo: string;
  },
): number {
  let bytes = BYTES_PER_POLL + nodeBytes * HELD_COSTS.nodeByte + versionInfo.length;
  for (const name of names) bytes += HELD_COSTS.name + name.length;
  return bytes;
}

/** With its request in the server. */
const BYTES_PER_POLL = 20_000;

/**
 * Checks a poll by the same rules as a request on a stream.
 *
 * @param typeUrl - the type of the service
 * @returns its node
 * @throws ProtocolError
 */
export function checkPoll(request: DecodedPoll, typeUrl: string, limits: StreamLimits): Node {
  const { names, node, versionInfo } = request;
  if (request.typeUrl !== "" && request.typeUrl !== typeUrl) {
    throw new ProtocolError("invalid_argument", `this service serves ${typeUrl} alone`);
  }
  if (node === undefined) throw new ProtocolError("invalid_argument", "a request must have a node");
  if (names.length > limits.maxNames) {
    throw new ProtocolError("resource_exhausted", `a request may have at most ${limits.maxNames} names`, {
      limit: "maxNames",
    });
  }
  if (names.some((name) => name.length > limits.maxNameLength)) {
    throw new ProtocolError(
      "invalid_argument",
      `a resource name may have at most ${limits.maxNameLength} characters`,
      { limit: "maxNameLength" },
    );
  }
  if (versionInfo.length > limits.maxNameLength) {
    throw new ProtocolError("invalid_argument", `a version may have at most ${limits.maxNameLength} characters`, {
      limit: "maxNameLength",
    });
  }
  if (request.heldBytes > limits.maxStreamBytes) {
    throw new ProtocolError("resource_exhausted", `a poll may hold at most ${limits.maxStreamBytes} bytes`, {
      limit: "maxStreamBytes",
    });
  }
  return node;
}
