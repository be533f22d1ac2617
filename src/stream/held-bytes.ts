import type { StreamLimits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { Subscription } from "./subscription.ts";

/** The memory that the streams of one server hold for what their clients sent, as an estimate in bytes. */
export class HeldBytes {
  readonly #max: number;
  #used = 0;

  /** @param max - in bytes */
  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  get used(): number {
    return this.#used;
  }

  /** @returns false, and nothing is taken, if it would be more than the limit */
  take(bytes: number): boolean {
    if (bytes > 0 && this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }
}

/** What one stream holds: its share of {@link HeldBytes}. */
export class HeldAccount {
  readonly #held: HeldBytes;
  readonly #limits: StreamLimits;
  #bytes = 0;

  constructor(held: HeldBytes, limits: StreamLimits) {
    this.#held = held;
    this.#limits = limits;
  }

  /**
   * Accounts for the state after a request.
   *
   * @throws ProtocolError for more names than a client may subscribe to, and if the stream, or all streams together, hold
   * more than they may
   */
  update(nodeBytes: number, types: readonly HeldType[]): void {
    const { maxNames, maxStreamBytes } = this.#limits;
    let names = 0;
    let bytes = HELD_COSTS.stream + nodeBytes * HELD_COSTS.nodeByte;
    for (const { typeUrl, subscription, heldVersions, withheldCount } of types) {
      bytes += HELD_COSTS.type + typeUrl.length + subscription.nameLength;
      bytes += subscription.names.size * HELD_COSTS.name + (heldVersions + withheldCount) * HELD_COSTS.version;
      names += subscription.names.size;
    }
    if (names > maxNames) {
      throw new ProtocolError("resource_exhausted", `a stream may subscribe to at most ${maxNames} names`, {
        limit: "maxNames",
      });
    }
    if (bytes > maxStreamBytes) {
      throw new ProtocolError("resource_exhausted", `a stream may hold at most ${maxStreamBytes} bytes`, {
        limit: "maxStreamBytes",
      });
    }
    if (!this.#held.take(bytes - this.#bytes)) {
      const { max } = this.#held;
      throw new ProtocolError("resource_exhausted", `all streams together may hold at most ${max} bytes; try later`, {
        limit: "maxHeldBytes",
      });
    }
    this.#bytes = bytes;
  }

  /** The stream has ended. */
  release(): void {
    this.#held.take(-this.#bytes);
    this.#bytes = 0;
  }
}

/** A type of a stream, as far as its memory is estimated. */
export interface HeldType {
  readonly typeUrl: string;
  readonly subscription: Subscription;
  /** The number of versions that the client holds from before. */
  readonly heldVersions: number;
  /** The number of withheld removals: after a reconnect as many as the client held. */
  readonly withheldCount: number;
}

/**
 * What is held for a part of a request, in bytes beside the length of its text: measured with Node 24, the entries in the
 * indexes of a cache included.
 */
export const HELD_COSTS = {
  stream: 6_000,
  name: 340,
  version: 120,
  type: 3_000,
  /** Two bytes of an encoded node can become an object. */
  nodeByte: 40,
} as const;
