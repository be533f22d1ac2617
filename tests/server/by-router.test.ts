import { describe, expect, it, vi } from "vitest";
import { createDiscoveryServer, SnapshotCache } from "../../mod.ts";
import { acceptorOf } from "../../src/server/mod.ts";

// The same tests once more, with streams that go by the Connect router, as those of a wrapped server do, and of one that is
// mounted on a router of the user's own.
vi.mock("../../src/server/streams/transport.ts", async (importOriginal) => ({
  ...await importOriginal<object>(),
  acceptorOf: () => undefined,
}));

it("streams go by the router in this file", () => {
  expect(acceptorOf(createDiscoveryServer({ cache: new SnapshotCache() }))).toBeUndefined();
});

describe("transport by the router", async () => void await import("./transport.test.ts"));
describe("rules by the router", async () => void await import("./rules.test.ts"));
