/**
 * Serves a discovery server over HTTP/2 on Node, Deno and Bun, and REST over HTTP/1.1.
 *
 * @module
 */
export { listen, type Listener, type RunningServer } from "./listen.ts";
export type {
  ConnectionLimits,
  KeepaliveOptions,
  ListenOptions,
  TlsFiles,
  TlsLoader,
  TlsOptions,
  TlsReload,
} from "./listen-options.ts";
export { stopOnSignals } from "./stop-on-signals.ts";
export { type RestListener, restListener } from "./rest-listener.ts";
// Symbols below are those of the main entry that the functions above use.
export { LIMIT_NAMES } from "../server/mod.ts";
export type {
  ConnectionCounts,
  ConnectRouter,
  DiscoveryServer,
  DrainOptions,
  Explanation,
  Finding,
  FindingReason,
  LimitCounts,
  LimitName,
  Node,
  PollsStatus,
  ServerStatus,
  StreamInfo,
  StreamQueueStatus,
  StreamStatus,
  SubscriptionStatus,
  Unsent,
  Variant,
  WaitsFor,
} from "../server/mod.ts";
