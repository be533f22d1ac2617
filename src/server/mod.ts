export type { Unsent } from "./backlog.ts";
export type { DiscoveryCallbacks } from "./callbacks.ts";
export {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type DrainOptions,
  type ServerStatus,
  type StreamStatus,
} from "./discovery-server.ts";
export type { FetchInfo, FetchRequest, FetchResponse } from "./fetch-request.ts";
export { PEER } from "./peer.ts";
// For the transports of this package.
export { type DirectMethods, directMethods } from "./direct.ts";
export type { GrpcSink, GrpcStream } from "./grpc-stream.ts";
export { supportedContentType } from "./routes.ts";
