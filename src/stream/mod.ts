export { DiscoveryStream } from "./discovery-stream.ts";
export type { AccessQuery } from "./access.ts";
export type { ClientCertificate } from "./client-certificate.ts";
export { DEFAULT_STREAM_LIMITS, type StreamLimits } from "./limits.ts";
export { explainType } from "./explain.ts";
export type { Finding, FindingReason } from "./finding.ts";
export { missingNames } from "./missing-names.ts";
export { typeName } from "./type-name.ts";
export type { TypeStream } from "./type-stream.ts";
export { FleetContent } from "./isolation/fleet-content.ts";
export type { ContentRecord } from "./isolation/content-record.ts";
export type { Culprits } from "./isolation/culprits.ts";
export type { Quorum } from "./isolation/group-content.ts";
export { RejectionReason } from "./isolation/rejection-reason.ts";
export { NodeIdentity } from "./node-identity.ts";
export {
  type ExceededLimit,
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolErrorOptions,
} from "./protocol-error.ts";
export { readRequest } from "./read-request.ts";
export type { DiscoveryRequest, Variant } from "./request.ts";
export { GRPC_PREFIX_LENGTH, type OutgoingResponse, ResponseFactory } from "./response.ts";
export type {
  AckInfo,
  NackInfo,
  QuarantinedStatus,
  QuarantineInfo,
  RejectedResource,
  ReleaseInfo,
  StreamCallbacks,
  StreamInfo,
  SubscriptionStatus,
  WaitsFor,
} from "./stream-callbacks.ts";
export type { Decision, DecisionWord, Trace } from "./trace.ts";
export type { DiscoveryStreamOptions } from "./stream-options.ts";
export { HELD_COSTS, HeldBytes } from "./held-bytes.ts";
