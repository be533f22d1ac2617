/** The fixed words of the protocol's decisions, to search a log for. */
export type DecisionWord =
  | "REQUEST"
  | "ACK"
  | "NACK"
  | "STALE"
  | "SEND"
  | "WITHHOLD"
  | "RELEASE"
  | "HEARTBEAT"
  | "QUARANTINE";

/** One decision of the protocol on one stream. */
export interface Decision {
  /** What was decided. */
  readonly word: DecisionWord;
  /** The type that the decision concerns. */
  readonly typeUrl: string;
  /** What the decision was made from: versions, nonces, counts, the type that is waited for. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** Receives the decisions of one stream, in order. A stream without one spends nothing on them. */
export type Trace = (decision: Decision) => void;
