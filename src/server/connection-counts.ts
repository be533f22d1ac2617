/** The connections of a server, over all that it listens on by `listen()`. */
export interface ConnectionCounts {
  /** Connections that are open now. */
  readonly open: number;
  /** How many were refused, by `maxConnections` or `maxConnectionsPerAddress`, since the server was created. */
  readonly refused: number;
  /** How many were closed because their client did not begin to speak HTTP/2, by `handshakeTimeoutMs`. */
  readonly handshakesTimedOut: number;
  /** How many were closed because they had no stream, by `idleTimeoutMs`. */
  readonly idleClosed: number;
  /** How many were closed because of their age, by `maxConnectionAgeMs`. */
  readonly aged: number;
}

/** The same, for those that count. */
export type MutableConnectionCounts = { -readonly [K in keyof ConnectionCounts]: number };

/** Counts of a server without connections. */
export function noConnections(): MutableConnectionCounts {
  return { open: 0, refused: 0, handshakesTimedOut: 0, idleClosed: 0, aged: 0 };
}
