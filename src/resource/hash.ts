import { murmur3 } from "./murmur3.ts";

/**
 * The version of some bytes: 64 bits of their MurmurHash3 as 16 hexadecimal digits. Equal bytes have equal versions on
 * every replica and platform and after every restart, so that a client that reconnects elsewhere is not sent the same
 * again.
 *
 * By chance, two contents of a resource have the same version once in 10^19 changes. It is not a cryptographic hash:
 * with a part of the content to choose, one can find two contents with the same version. Then a client that has the one
 * is not sent the other, until that resource changes again. No other resource is affected, since versions are compared
 * for each name, and no content can be put into place of another. It matters only where a resource has text of one party
 * and rules of another, such as the routes of a tenant and the RBAC in front of them. There, give resources a `version` of your own.
 */
export function contentHash(bytes: Uint8Array): string {
  return contentHashIn(bytes, 0, bytes.length);
}

/** The same for a part of some memory. */
export function contentHashIn(bytes: Uint8Array, start: number, end: number): string {
  const lanes = murmur3(bytes, start, end, SEED);
  return hexText(lanes[0]!, lanes[1]!);
}

/**
 * A hash of a set of (name, version) pairs that does not depend on their order and is kept up to date in O(changed).
 *
 * Invariant: the four lanes are the sums of the lanes of the pairs' hashes, each modulo 2^32; so a pair may be removed
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
    return hexText(this.#lanes[0]! ^ this.#lanes[2]!, this.#lanes[1]! ^ this.#lanes[3]!);
  }
}

/** Any number but zero, with which no bytes would have the version 0. It is part of every version. */
const SEED = 0x78647321;
let codes = new Uint8Array(1024);

function hashPair(name: string, version: string): Uint32Array {
  // Code units instead of UTF-8, so that different names stay different whatever halves of surrogate pairs they have.
  const size = (version.length + 1 + name.length) * 2;
  if (codes.length < size) codes = new Uint8Array(size * 2);
  putCodes(name, putCodes("\0", putCodes(version, 0)));
  return murmur3(codes, 0, size, SEED);
}

function putCodes(text: string, start: number): number {
  let at = start;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    codes[at++] = code & 0xff;
    codes[at++] = code >>> 8;
  }
  return at;
}

/** 16 digits, put into one piece of memory: a text that is joined refers to its parts, of which each resource has one. */
function hexText(high: number, low: number): string {
  for (let i = 0; i < 8; i++) {
    digits[i] = HEX.charCodeAt(high >>> 28 - 4 * i & 15);
    digits[i + 8] = HEX.charCodeAt(low >>> 28 - 4 * i & 15);
  }
  return String.fromCharCode(...digits);
}

const HEX = "0123456789abcdef";
const digits = new Array<number>(16).fill(0);
