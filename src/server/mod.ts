export type { Unsent } from "./streams/send-budget.ts";
export type { DiscoveryCallbacks } from "./callbacks.ts";
export {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type DrainOptions,
  type ServerStatus,
  type StreamStatus,
} from "./discovery-server.ts";
export type { FetchInfo, FetchRequest, FetchResponse } from "./polls/poll-request.ts";
export { PEER } from "./peer.ts";
// For the transports of this package.
export { type DirectMethods, directMethods } from "./streams/transport.ts";
export type { GrpcSink, GrpcStream } from "./streams/grpc-stream.ts";
export { supportedContentType } from "./streams/methods.ts";
