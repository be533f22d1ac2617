/** The limits that are counted, by the names of their options: those of the server, and those of `listen()`. */
export const LIMIT_NAMES = [
  "maxRequestBytes",
  "requestTimeoutMs",
  "firstRequestTimeoutMs",
  "maxHeaderBytes",
  "maxHeaderPairs",
  "maxNodeBytes",
  "maxNames",
  "maxNameLength",
  "maxTypes",
  "maxStreamBytes",
  "maxHeldBytes",
  "authorizeTimeoutMs",
  "maxPendingDecisions",
  "maxStreams",
  "newStreamsPerSecond",
  "maxQueuedStreams",
  "maxQueuedBytes",
  "queueTimeoutMs",
  "stallTimeoutMs",
  "maxUnsentBytes",
  "maxConnections",
  "maxConnectionsPerAddress",
  "handshakeTimeoutMs",
  "idleTimeoutMs",
  "keepalive",
  "maxConnectionAgeMs",
] as const;

/** The name of a limit, which is that of its option. */
export type LimitName = typeof LIMIT_NAMES[number];
