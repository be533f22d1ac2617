/** What one stream may ask for; beyond it the stream ends with RESOURCE_EXHAUSTED or INVALID_ARGUMENT. */
export interface StreamLimits {
  /** Types on one stream. Default: 64. */
  readonly maxTypes: number;
  /** Names that one stream is subscribed to, of one type. Default: 100,000. */
  readonly maxNames: number;
  /** UTF-16 units of one name. Default: 65,536, for names may be long: they are opaque. */
  readonly maxNameLength: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = { maxTypes: 64, maxNames: 100_000, maxNameLength: 65_536 };
