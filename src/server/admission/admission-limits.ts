/** When new streams are opened. Beyond these limits a stream ends with UNAVAILABLE, so that its client tries elsewhere. */
export interface AdmissionLimits {
  /**
   * Streams that may be open: the share of this replica. A function is called for each new stream, so that the share can
   * change while the server runs. Default: Infinity.
   */
  readonly maxStreams: number | (() => number);
  /**
   * New streams in a second, of which a tenth may come at once. Others wait, unread, and are opened in an order that is fair
   * between addresses, so that a fleet that reconnects is served evenly. Default: 1,000.
   */
  readonly newStreamsPerSecond: number;
  /** Streams that may wait. Default: 20,000. */
  readonly maxQueuedStreams: number;
  /** Memory that streams which wait may hold, as an estimate in bytes: some 10,000 each, and their requests. Default: 256 MiB. */
  readonly maxQueuedBytes: number;
  /** How long a stream may wait, also for {@link DiscoveryServerOptions.ready}, in milliseconds. Default: 30,000. */
  readonly queueTimeoutMs: number;
}

/** Fills in the defaults of limits. */
export function admissionLimits(options: Partial<AdmissionLimits>): AdmissionLimits {
  return {
    maxStreams: options.maxStreams ?? Infinity,
    newStreamsPerSecond: options.newStreamsPerSecond ?? 1_000,
    maxQueuedStreams: options.maxQueuedStreams ?? 20_000,
    maxQueuedBytes: options.maxQueuedBytes ?? 256 * 1024 * 1024,
    queueTimeoutMs: options.queueTimeoutMs ?? 30_000,
  };
}
