/** So many heartbeats that one may be late without a resource expiring. */
const HEARTBEATS_PER_TTL = 3;

/**
 * The heartbeats of the resources of one type that have a ttl.
 *
 * Invariant: `dueAt` is defined exactly while a held resource is known to have a ttl, once it has been scheduled.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#resource-ttl
 */
export class Heartbeat {
  #ttlMs: number | undefined = undefined;
  #dueAt: number | undefined = undefined;
  #hasContent = false;

  /** When the next heartbeat is due, in the time that the stream is given, in milliseconds; undefined for none. */
  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  /** Whether heartbeats have the content of their resources. */
  get hasContent(): boolean {
    return this.#hasContent;
  }

  /** Notes the shortest ttl among resources that the client holds; undefined if none has one. */
  note(ttlMs: number | undefined): void {
    if (ttlMs !== undefined && (this.#ttlMs === undefined || ttlMs < this.#ttlMs)) this.#ttlMs = ttlMs;
  }

  /** Schedules the next heartbeat after a response, no later than it is due already. */
  schedule(now: number): void {
    if (this.#ttlMs === undefined) this.#dueAt = undefined;
    else this.#dueAt = Math.min(this.#dueAt ?? Infinity, now + this.#ttlMs / HEARTBEATS_PER_TTL);
  }

  /** Schedules the next heartbeat after one that was sent. @param ttlMs - the shortest ttl of its resources, if any */
  restart(now: number, ttlMs: number | undefined): void {
    this.#ttlMs = ttlMs;
    this.#dueAt = ttlMs === undefined ? undefined : now + ttlMs / HEARTBEATS_PER_TTL;
  }

  /** The client cannot read a heartbeat without content, or has let the resources expire. */
  addContent(): void {
    this.#hasContent = true;
  }
}
