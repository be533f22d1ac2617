import { describe, vi } from "vitest";

// The same tests once more, with streams that go by the Connect router, as those of a server do that its user has
// wrapped or has mounted on a router of his own.
vi.mock(
  "../../src/server/streams/transport.ts",
  async (importOriginal) => ({ ...await importOriginal<object>(), acceptorOf: () => undefined }),
);

describe("transport by the router", async () => void await import("./transport.test.ts"));
describe("rules by the router", async () => void await import("./rules.test.ts"));
