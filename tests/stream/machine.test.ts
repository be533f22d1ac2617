import fc from "fast-check";
import { describe, it } from "vitest";
import { BACKENDS } from "./backends.ts";
import { search } from "./run.ts";

const identity = fc.record({ variant: fc.constantFrom("sotw" as const, "delta" as const), ttl: fc.boolean() });

describe.each(Object.keys(BACKENDS))("a stream of %s", (backend) => {
  it.each([
    ["one client", { minLength: 1, maxLength: 1 }, false],
    ["clients that share their responses", { minLength: 2, maxLength: 3 }, true],
  ])(
    "S2 S4 S6 S10 S11 S20 D2 D3 D7 D8 D19 O1 O2 O4 %s: each client is sent all that it subscribes to, in an order that it can use, after any steps",
    async (_, length, doubles) => {
      const clients = fc.array(identity, length);
      await search(fc.record({ backend: fc.constant(backend), clients, doubles: fc.constant(doubles) }));
    },
    3_600_000,
  );
});
