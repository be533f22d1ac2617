export type { DiscoveryCallbacks } from "./callbacks.ts";
export {
  createDiscoveryServer,
  type DiscoveryServer,
  type DrainOptions,
  type ServerStatus,
} from "./discovery-server.ts";
export type { Logger } from "./log.ts";
export type { DiscoveryServerOptions } from "./options.ts";
export { PEER } from "./peer.ts";
export type { FetchInfo, FetchRequest, FetchResponse } from "./polls/poll-request.ts";
export type { Unsent } from "./streams/send-budget.ts";
export type { StreamStatus } from "./streams/streams.ts";
// For the transports of this package.
export { supportedContentType } from "./streams/methods.ts";
export { acceptorOf, type AcceptStreams, type ServedStream, type StreamTransport } from "./streams/transport.ts";
