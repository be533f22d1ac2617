import type { DiscoveryServer } from "../discovery-server.ts";
import type { GrpcSink, GrpcStream } from "./grpc-stream.ts";

/** A request for a discovery stream, as a transport has it that goes without a router. */
export interface DirectRequest {
  readonly sink: GrpcSink;
  /** The header `grpc-timeout`, if there is one. */
  readonly timeout: string | null;
  /** The client's address. */
  readonly peer: string | undefined;
}

/** Opens a stream. Does not throw. */
export type OpenDirect = (request: DirectRequest) => GrpcStream;

/** How streams of a method are opened, by its path; undefined where that is not a streaming method's. */
export type DirectMethods = (path: string) => OpenDirect | undefined;

const methods = new WeakMap<DiscoveryServer, DirectMethods>();

/**
 * How a transport of this package opens streams of a server without a router in between, whose adapters spend several
 * promises on each chunk of bytes; undefined for a server that somebody has wrapped. Not public.
 */
export function directMethods(server: DiscoveryServer): DirectMethods | undefined {
  return methods.get(server);
}

export function setDirectMethods(server: DiscoveryServer, of: DirectMethods): void {
  methods.set(server, of);
}
