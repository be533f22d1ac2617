import fc from "fast-check";
import { beforeAll, it } from "vitest";
import { interleaving } from "./interleavings/steps.ts";
import { hashAtOnce, play } from "./interleavings/world.ts";

beforeAll(hashAtOnce);

it("replicas serve whole snapshots in order, and nothing acknowledged or referred to is lost", async () => {
  await fc.assert(fc.asyncProperty(interleaving, (each) => play(each)));
}, 6_000_000);
