import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash, SetHash } from "../../src/resource/mod.ts";
import { murmur3 } from "../../src/resource/murmur3.ts";

const encoder = new TextEncoder();

describe("murmur3", () => {
  it("has the verification value of its author", () => {
    // As in SMHasher: keys of each length from 0 to 255, each with a seed of its own, and then the hash of their hashes.
    const key = Uint8Array.from({ length: 256 }, (_, i) => i);
    const hashes = new DataView(new ArrayBuffer(256 * 16));
    for (let i = 0; i < 256; i++) {
      murmur3(key, 0, i, 256 - i).forEach((lane, j) => hashes.setUint32(i * 16 + j * 4, lane, true));
    }
    expect(murmur3(new Uint8Array(hashes.buffer), 0, 4096, 0)[0]).toBe(0xb3ece62a);
  });

  it("has published values", () => {
    const bytes = encoder.encode("The quick brown fox jumps over the lazy dog");
    expect([...murmur3(bytes, 0, bytes.length, 0)]).toEqual([0x2f1583c3, 0xecee2c67, 0x5d7bf66c, 0xe5e91d2c]);
  });

  it("does not depend on where the bytes are", () => {
    fc.assert(fc.property(fc.uint8Array(), fc.nat(20), (bytes, at) => {
      const memory = new Uint8Array(at + bytes.length + 3).fill(7);
      memory.set(bytes, at);
      const moved = [...murmur3(memory, at, at + bytes.length, 1)];
      expect(moved).toEqual([...murmur3(bytes, 0, bytes.length, 1)]);
    }));
  });
});

describe("contentHash", () => {
  it("S1 is the same in every release, since clients hold versions of the one before", () => {
    expect(contentHash(new Uint8Array())).toBe("23d52ad4c050be72");
    expect(contentHash(encoder.encode("cluster"))).toBe("5b9545aaa72466cb");
    expect(contentHash(new Uint8Array(1000).fill(0xff))).toBe("c443ebb7b6ea75cf");
  });

  it("differs for each bit that differs", () => {
    for (let length = 1; length < 40; length++) {
      const bytes = new Uint8Array(length);
      const hashes = new Set([contentHash(bytes)]);
      for (let bit = 0; bit < length * 8; bit++) {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        hashes.add(contentHash(changed));
      }
      expect(hashes.size).toBe(1 + length * 8);
    }
  });

  it("has each half of its digits differ about as often as by chance", () => {
    const halves = [new Set<string>(), new Set<string>()];
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      const hash = contentHash(encoder.encode(`10.0.${i >> 8}.${i & 255}:8080`));
      halves[0]!.add(hash.slice(0, 8));
      halves[1]!.add(hash.slice(8));
    }
    for (const half of halves) expect(half.size).toBeGreaterThan(count - 5);
  });
});

describe("SetHash", () => {
  it("S1 is the same in every release", () => {
    const hash = new SetHash();
    hash.add("a", "1");
    hash.add("é\ud800", "0123456789abcdef");
    expect(String(hash)).toBe("5991f7bad6d3afd5");
  });

  it("depends on which names have which versions, and not on their order or past", () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([name]) => name, minLength: 1 });
    fc.assert(fc.property(pairs, fc.string(), (list, other) => {
      const [forwards, backwards] = [new SetHash(), new SetHash()];
      for (const [name, version] of list) forwards.add(name, version);
      for (const [name, version] of list.toReversed()) {
        backwards.add(name, version + other);
        backwards.remove(name, version + other);
        backwards.add(name, version);
      }
      expect(String(backwards)).toBe(String(forwards));
      const [name, version] = list[0]!;
      forwards.remove(name, version);
      forwards.add(name, `${version}.`);
      expect(String(forwards)).not.toBe(String(backwards));
    }));
  });
});
