import { describe, expect, it } from "vitest";
import { allocate } from "../../src/resource/slab.ts";

describe("memory of bytes that are made in one go", () => {
  it("does not overlap", () => {
    const parts = Array.from({ length: 1000 }, (_, i) => part(i % 300).fill(i));
    parts.forEach((part, i) => expect(part).toEqual(new Uint8Array(i % 300).fill(i)));
  });

  it.each([1, 2, 3, 10, 100, 1000])("is at most twice what is used, for %i parts", async (count) => {
    await Promise.resolve();
    const parts = Array.from({ length: count }, () => part(200));
    const buffers = new Set(parts.map(({ buffer }) => buffer));
    const all = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(all).toBeLessThanOrEqual(2 * count * 200);
    expect(Math.max(...[...buffers].map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(2048);
    if (count >= 100) expect(buffers.size).toBeLessThan(count / 5);
  });

  it("is not shared by what is large", async () => {
    await Promise.resolve();
    const [, large] = [part(100), part(5000)];
    expect(large.buffer.byteLength).toBe(5000);
  });

  it("is not shared with what is made before or afterwards", async () => {
    await Promise.resolve();
    const before = [part(10), part(10), part(10)];
    await Promise.resolve();
    const after = part(10);
    expect(after.buffer.byteLength).toBe(10);
    expect(before.map(({ buffer }) => buffer)).not.toContain(after.buffer);
  });
});

function part(size: number): Uint8Array {
  const { memory, at } = allocate(size);
  return memory.subarray(at, at + size);
}
