import { describe, expect, it, vi } from "vitest";
import { httpCache } from "../../examples/your-own-cache/http.ts";
import { testCache } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { Origin } from "./origin.ts";

testCache({ describe, it }, {
  name: "the example with HTTP",
  async create() {
    const origin = new Origin();
    const cache = httpCache(await origin.start(), { everyMs: 2 });
    return {
      cache,
      publish: ({ node, resources }) => origin.publish(node.id, resources),
      close() {
        cache.close();
        origin.close();
      },
    };
  },
});

describe("the example with HTTP", () => {
  it("reads nothing again that has not changed, and keeps what it has while the server fails or errs", async () => {
    const origin = new Origin();
    origin.publish("edge", [cluster({ name: "a" })]);
    const cache = httpCache(await origin.start(), { everyMs: 2 });
    await vi.waitFor(() => expect(cache.getSnapshot("edge")?.get(CLUSTER_TYPE, "a")).toBeDefined());
    await vi.waitFor(() => expect(origin.statuses.length).toBeGreaterThan(5));
    expect(origin.statuses.filter((status) => status === 200)).toHaveLength(1);
    origin.failing = true;
    await vi.waitFor(() => expect(origin.statuses).toContain(503));
    expect(cache.getSnapshot("edge")?.get(CLUSTER_TYPE, "a")).toBeDefined();
    origin.failing = false;
    origin.break("edge");
    await vi.waitFor(() => expect(String(cache.status().error)).toContain("nmae"), { timeout: 10_000 });
    expect(cache.getSnapshot("edge")?.get(CLUSTER_TYPE, "a")).toBeDefined();
    origin.publish("edge", undefined);
    await vi.waitFor(() => expect(cache.getSnapshot("edge")).toBeUndefined(), { timeout: 10_000 });
    cache.close();
    origin.close();
  });
});
