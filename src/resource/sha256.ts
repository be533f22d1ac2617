/**
 * The first 64 bits of the SHA-256 of 16 bytes. They are one block with their padding, which is all that is needed here,
 * and takes a fraction of the time that an implementation for any input takes to begin and to end.
 *
 * Source: FIPS 180-4, https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 *
 * @param words - the bytes as four words of 32 bits in little-endian order
 * @param digest - set to the two words of the result, big-endian as in its usual text
 */
export function sha256Of16Bytes(words: Uint32Array, digest: Int32Array): void {
  for (let i = 0; i < 4; i++) schedule[i] = swapped(words[i]!);
  schedule[4] = 1 << 31; // the bit that ends the message
  for (let i = 5; i < 15; i++) schedule[i] = 0;
  schedule[15] = 16 * 8; // its length in bits
  for (let i = 16; i < ROUNDS; i++) {
    const [early, late] = [schedule[i - 15]!, schedule[i - 2]!];
    const first = rotate(early, 7) ^ rotate(early, 18) ^ early >>> 3;
    const second = rotate(late, 17) ^ rotate(late, 19) ^ late >>> 10;
    schedule[i] = schedule[i - 16]! + first + schedule[i - 7]! + second;
  }
  let [a, b, c, d] = [INITIAL[0]!, INITIAL[1]!, INITIAL[2]!, INITIAL[3]!];
  let [e, f, g, h] = [INITIAL[4]!, INITIAL[5]!, INITIAL[6]!, INITIAL[7]!];
  for (let i = 0; i < ROUNDS; i++) {
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = h + mixed + (e & f ^ ~e & g) + CONSTANTS[i]! + schedule[i]! | 0;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  digest[0] = INITIAL[0]! + a;
  digest[1] = INITIAL[1]! + b;
}

const ROUNDS = 64;
const schedule = new Int32Array(ROUNDS);
/** The first 32 bits of the fractional parts of the square roots of the first eight primes. */
// deno-fmt-ignore
const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
/** The same of the cube roots of the first 64 primes. */
// deno-fmt-ignore
const CONSTANTS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

function rotate(word: number, bits: number): number {
  return word >>> bits | word << 32 - bits;
}

function swapped(word: number): number {
  return word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24;
}
