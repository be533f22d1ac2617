import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256Of16Bytes } from "../../src/resource/sha256.ts";

describe("sha256Of16Bytes", () => {
  it("is the beginning of the SHA-256 of these bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const words = Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(i * 4, true));
      const digest = new Int32Array(2);
      sha256Of16Bytes(words, digest);
      const expected = createHash("sha256").update(bytes).digest();
      expect([...digest]).toEqual([expected.readInt32BE(0), expected.readInt32BE(4)]);
    }));
  });
});
