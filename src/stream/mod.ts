export { DiscoveryStream } from "./discovery-stream.ts";
export { DEFAULT_STREAM_LIMITS, type StreamLimits } from "./limits.ts";
export { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";
export type { DiscoveryRequest, Variant } from "./request.ts";
export { GRPC_PREFIX_LENGTH, type OutgoingResponse, ResponseFactory } from "./response.ts";
export type { AckInfo, NackInfo, StreamCallbacks, StreamInfo, SubscriptionStatus } from "./stream-callbacks.ts";
export type { Decision, DecisionWord, Trace } from "./trace.ts";
export type { DiscoveryStreamOptions } from "./stream-options.ts";
export { HeldBytes } from "./held-bytes.ts";
