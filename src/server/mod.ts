export type { DiscoveryCallbacks } from "./callbacks.ts";
export { combineCallbacks } from "./combine-callbacks.ts";
export { logCallbacks } from "./log-callbacks.ts";
export type { ConnectError, ConnectRouter, ContextKey } from "./connect-types.ts";
export {
  createDiscoveryServer,
  type DiscoveryServer,
  type DrainOptions,
  type ServerStatus,
} from "./discovery-server.ts";
export type { AdmissionLimits } from "./admission/admission-limits.ts";
export type { StreamQueueStatus } from "./admission/admission.ts";
export type { Explanation } from "./diagnosis/explain.ts";
export type { FailedConnection } from "./log-entries.ts";
export type { HeaderLimits } from "./limits/header-limits.ts";
export type { LimitCounter, LimitCounts } from "./limits/limit-counts.ts";
export { LIMIT_NAMES, type LimitName } from "./limits/limit-names.ts";
export type { PollsStatus } from "./polls/polls.ts";
export type { ConnectionCounts, MutableConnectionCounts } from "./connection-counts.ts";
export type { Logger } from "./log.ts";
export type { DiscoveryServerOptions, IsolationOptions } from "./options.ts";
export type { MessageTypes } from "../resource/mod.ts";
export type { Authorization, AuthorizationCounts, AuthorizationRequest, Authorize } from "./identity/authorize.ts";
export { bindNode, type BindNodeOptions } from "./identity/bind-node.ts";
export { CERTIFICATE, PEER } from "./peer.ts";
export type { FetchInfo, FetchRequest, FetchResponse } from "./polls/poll-request.ts";
export type { Unsent } from "./streams/send-budget.ts";
export type { RejectedContent } from "./streams/rejected-by.ts";
export type { StreamStatus } from "./streams/streams.ts";
// For the listener of this package.
export type { Node } from "../cache/mod.ts";
export { onRejection } from "../cache/mod.ts";
export type {
  ClientCertificate,
  Finding,
  FindingReason,
  StreamInfo,
  SubscriptionStatus,
  Variant,
  WaitsFor,
} from "../stream/mod.ts";
export { type ClientOrigin, HEADERS, LOCAL } from "./identity/client-origin.ts";
export { afterPatience } from "./patience.ts";
export { endOverTime } from "./drain.ts";
export { excessOf, sizeOfRawHeaders } from "./limits/header-limits.ts";
export { readableError } from "./readable-error.ts";
export { RESET } from "./reset.ts";
export { SLICE_BYTES } from "./streams/slices.ts";
export { supportedContentType } from "./streams/methods.ts";
export {
  acceptorOf,
  type AcceptStreams,
  connectionCountsOf,
  headerLimitsOf,
  type ServedStream,
  type StreamTransport,
} from "./streams/transport.ts";
