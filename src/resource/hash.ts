import { sha256 } from "@noble/hashes/sha2.js";

/**
 * The version of some bytes: 64 bits of their SHA-256 as 16 hexadecimal digits. Equal bytes have equal versions on
 * every replica and after every restart, so that a client that reconnects elsewhere is not sent the same again.
 */
export function contentHash(bytes: Uint8Array): string {
  const digest = sha256(bytes);
  return hex(readUint32(digest, 0)) + hex(readUint32(digest, 4));
}

/**
 * A hash of a set of (name, version) pairs that does not depend on their order and is kept up to date in O(changed).
 *
 * Invariant: the four lanes are the sums of the lanes of the pairs' SHA-256, each modulo 2^32; so a pair may be removed
 * only if it was added.
 */
export class SetHash {
  readonly #lanes = new Uint32Array(4);

  /** Adds a pair, which must not be in the set. */
  add(name: string, version: string): void {
    const pair = hashPair(name, version);
    for (let i = 0; i < 4; i++) this.#lanes[i] = this.#lanes[i]! + pair[i]!;
  }

  /** Removes a pair, which must be in the set. */
  remove(name: string, version: string): void {
    const pair = hashPair(name, version);
    for (let i = 0; i < 4; i++) this.#lanes[i] = this.#lanes[i]! - pair[i]!;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#lanes[0]! ^ this.#lanes[2]!) + hex(this.#lanes[1]! ^ this.#lanes[3]!);
  }
}

const encoder = new TextEncoder();

function hashPair(name: string, version: string): Uint32Array {
  const digest = sha256(encoder.encode(`${version}\0${name}`));
  return Uint32Array.of(readUint32(digest, 0), readUint32(digest, 4), readUint32(digest, 8), readUint32(digest, 12));
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0;
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
