import { describe, expect, it } from "vitest";
import { allocate, together } from "../../src/resource/slab.ts";

describe("memory of bytes that are made together", () => {
  it("does not overlap", () => {
    const parts = together(() => Array.from({ length: 1000 }, (_, i) => allocate(i % 300).fill(i)));
    parts.forEach((part, i) => expect(part).toEqual(new Uint8Array(i % 300).fill(i)));
  });

  it.each([1, 2, 3, 10, 100, 1000])("is at most twice what is used and one size more, for %i parts", (count) => {
    const parts = together(() => Array.from({ length: count }, () => allocate(200)));
    const buffers = new Set(parts.map(({ buffer }) => buffer));
    const all = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(all).toBeLessThanOrEqual(2 * count * 200);
    expect(Math.max(...[...buffers].map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(8192);
    if (count >= 100) expect(buffers.size).toBeLessThan(count / 10);
  });

  it("is not shared by what is large", () => {
    const [, large] = together(() => [allocate(100), allocate(5000)]);
    expect(large!.buffer.byteLength).toBe(5000);
  });

  it("is not shared with what is made before, afterwards, or between", () => {
    const before = allocate(10);
    let inner: ReturnType<typeof allocate>[] = [];
    const outer = together(() => {
      const first = [allocate(10), allocate(10), allocate(10)];
      inner = together(() => [allocate(10), allocate(10), allocate(10)]);
      return [...first, allocate(10)];
    });
    const after = allocate(10);
    expect([before.buffer.byteLength, after.buffer.byteLength]).toEqual([10, 10]);
    const buffers = new Set(outer.map(({ buffer }) => buffer));
    expect(inner.some(({ buffer }) => buffers.has(buffer))).toBe(false);
  });

  it("is not shared after a failure", () => {
    expect(() =>
      together(() => {
        allocate(10);
        throw new Error("No");
      })
    ).toThrow("No");
    expect(allocate(10).buffer.byteLength).toBe(10);
  });
});
