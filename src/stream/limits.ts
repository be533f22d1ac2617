/** What one stream may subscribe to; beyond it the stream ends with RESOURCE_EXHAUSTED or INVALID_ARGUMENT. */
export interface StreamLimits {
  /** Types on one stream. Default: 64. */
  readonly maxTypes: number;
  /**
   * Names that one stream is subscribed to, of all its types together; and names in one request, those of
   * `initial_resource_versions` included. Default: 100,000.
   */
  readonly maxNames: number;
  /**
   * UTF-16 units of one name. Default: 8,192. Above 16,383 a client can slow the server down: V8 hashes
   * longer strings by their length alone, so that sets and maps of them become lists.
   */
  readonly maxNameLength: number;
  /**
   * Bytes of a client's node, without the fields that say how it was built (`user_agent_…`, `extensions`). Default:
   * 256 KiB.
   */
  readonly maxNodeBytes: number;
  /**
   * Memory that one stream may hold for its node, its types and its names, as an estimate in bytes. Default: 64 MiB.
   */
  readonly maxStreamBytes: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  maxTypes: 64,
  maxNames: 100_000,
  maxNameLength: 8_192,
  maxNodeBytes: 256 * 1024,
  maxStreamBytes: 64 * 1024 * 1024,
};
