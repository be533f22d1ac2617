/**
 * MurmurHash3, the variant x86_128: 128 bits in four lanes of 32, by Austin Appleby, in the public domain. It takes words
 * in little-endian order, so that it is the same on every platform.
 *
 * Source: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 *
 * @param bytes - the memory with the bytes
 * @param start - where they begin
 * @param end - where they end
 * @param seed - 32 bits
 * @returns the lanes, valid until the next call
 */
// deno-lint-ignore style/few-parameters -- an object for them would cost more than a short text
export function murmur3(bytes: Uint8Array, start: number, end: number, seed: number): Uint32Array {
  let [h1, h2, h3, h4] = [seed | 0, seed | 0, seed | 0, seed | 0];
  const lastBlock = end - (end - start) % BLOCK;
  for (let at = start; at < lastBlock; at += BLOCK) {
    h1 ^= scramble(word(bytes, at), C1, 15, C2);
    h1 = Math.imul(rotate(h1, 19) + h2 | 0, 5) + 0x561ccd1b | 0;
    h2 ^= scramble(word(bytes, at + 4), C2, 16, C3);
    h2 = Math.imul(rotate(h2, 17) + h3 | 0, 5) + 0x0bcaa747 | 0;
    h3 ^= scramble(word(bytes, at + 8), C3, 17, C4);
    h3 = Math.imul(rotate(h3, 15) + h4 | 0, 5) + 0x96cd1c35 | 0;
    h4 ^= scramble(word(bytes, at + 12), C4, 18, C1);
    h4 = Math.imul(rotate(h4, 13) + h1 | 0, 5) + 0x32ac3b17 | 0;
  }
  if (lastBlock < end) {
    // The rest with zeros after it.
    rest.fill(0);
    for (let i = 0; i < end - lastBlock; i++) rest[i] = bytes[lastBlock + i]!;
    h4 ^= scramble(word(rest, 12), C4, 18, C1);
    h3 ^= scramble(word(rest, 8), C3, 17, C4);
    h2 ^= scramble(word(rest, 4), C2, 16, C3);
    h1 ^= scramble(word(rest, 0), C1, 15, C2);
  }
  return finish(end - start, h1, h2, h3, h4);
}

/** Bytes that are taken at once. */
const BLOCK = 16;
const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;
const rest = new Uint8Array(BLOCK);
const lanes = new Uint32Array(4);

function finish(length: number, h1: number, h2: number, h3: number, h4: number): Uint32Array {
  const [a, b, c, d] = [h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length];
  const sum = a + b + c + d;
  const [e, f, g, h] = [avalanche(sum), avalanche(sum + b), avalanche(sum + c), avalanche(sum + d)];
  const total = e + f + g + h;
  lanes[0] = total;
  lanes[1] = total + f;
  lanes[2] = total + g;
  lanes[3] = total + h;
  return lanes;
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}

function scramble(word: number, first: number, bits: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), bits), second);
}

function rotate(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}

/** Each bit of a word changes half of the others. */
function avalanche(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return h ^ h >>> 16;
}
