import { expect, it } from "vitest";
import { rawResource } from "../../mod.ts";

it("toEqual compares all that is sent of two resources", () => {
  const bytes = Uint8Array.of(1);
  const made = rawResource("x/t", "a", bytes);
  expect([made]).toEqual([rawResource("x/t", "a", bytes)]);
  for (
    const other of [
      rawResource("x/u", "a", bytes),
      rawResource("x/t", "b", bytes),
      rawResource("x/t", "a", Uint8Array.of(2)),
      rawResource("x/t", "a", bytes, { version: "1" }),
      rawResource("x/t", "a", bytes, { ttlMs: 1 }),
      rawResource("x/t", "a", bytes, { aliases: ["b"] }),
    ]
  ) expect([made]).not.toEqual([other]);
});
