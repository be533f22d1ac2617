import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { listen, restListener } from "../../src/node/mod.ts";
import { rawResource } from "../../src/resource/mod.ts";
import { createDiscoveryServer, type DiscoveryServerOptions } from "../../src/server/mod.ts";
import { exceeding, LimitCounter, limitOf } from "../../src/server/limits/limit-counts.ts";
import { ProtocolError } from "../../src/stream/mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { frame, RawClient, SOTW_PATH, sotwRequest } from "./raw-client.ts";

describe("status().limits", () => {
  it("counts maxTypes", async () => {
    const { server, client } = await serve({ maxTypes: 1 });
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
    stream.send(sotwRequest({ type: ENDPOINT_TYPE }));
    expect(await stream.ended).toMatchObject({ "grpc-status": "8" });
    expect(server.status().limits).toMatchObject({ maxTypes: 1 });
  });

  it.each([
    ["stallTimeoutMs", { stallTimeoutMs: 100 }],
    // Where the budget is spent, a stream is closed after a second.
    ["maxUnsentBytes", { stallTimeoutMs: 60_000, maxUnsentBytes: 1_000 }],
  ])("counts %s, once for a stream that is closed by it", async (limit, options) => {
    const { server, cache, client } = await serve(options);
    cache.apply({ update: [rawResource(CLUSTER_TYPE, "big", new Uint8Array(1_000_000))] });
    const headers = { ":method": "POST", ":path": SOTW_PATH, "content-type": "application/grpc" };
    const stalled = client.session.request(headers); // and does not read
    stalled.on("error", () => {});
    stalled.write(frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" })));
    await new Promise((resolve) => stalled.once("close", resolve));
    const { limits } = server.status();
    expect({ stallTimeoutMs: limits.stallTimeoutMs, maxUnsentBytes: limits.maxUnsentBytes }).toEqual({
      stallTimeoutMs: 0,
      maxUnsentBytes: 0,
      [limit]: 1,
    });
  });
});

describe("headers of requests", () => {
  const LARGE = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x-${i}`, "y".repeat(4_000)]));
  const MANY = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`x-${i}`, "y"]));

  it.each([["maxHeaderBytes", LARGE], ["maxHeaderPairs", MANY]])(
    "S-05 beyond %s end a stream and a poll, and no other stream of the connection",
    async (limit, headers) => {
      const { server, client } = await serve({});
      const healthy = client.open();
      healthy.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
      await healthy.received(1);
      expect(await client.open(headers).ended).toMatchObject({ ":status": 200, "grpc-status": "8" });
      const rest = { ":path": "/v3/discovery:clusters", "content-type": "application/json" };
      expect(await client.open({ ...headers, ...rest }).ended).toMatchObject({ ":status": 431 });
      expect(server.status().limits).toMatchObject({ [limit]: 2 });
      expect(server.streams).toHaveLength(1);
    },
  );

  it.each([["maxHeaderBytes", LARGE], ["maxHeaderPairs", MANY]])(
    "S-05 beyond %s are refused by restListener()",
    async (limit, headers) => {
      const server = createDiscoveryServer({ cache: new LinearCache(CLUSTER_TYPE), log: false });
      const http = createServer({ maxHeaderSize: 64 * 1024 }, restListener(server));
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void http.close());
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v3/discovery:clusters`;
      const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: "{}" };
      const response = await fetch(url, init);
      await response.text();
      expect(response.status).toBe(431);
      expect(server.status().limits).toMatchObject({ [limit]: 1 });
    },
  );
});

describe("LimitCounter", () => {
  it("counts the limit that an error is the sign of, and no other error", () => {
    const counter = new LimitCounter();
    counter.note(exceeding("maxStreams", new ConnectError("too many", Code.Unavailable)));
    counter.note(new ProtocolError("resource_exhausted", "too many", { limit: "maxNames" }));
    counter.note(new ProtocolError("internal", "no limit"));
    counter.note(Object.assign(new Error("of a user"), { limit: "maxTypes" }));
    for (const nothing of [undefined, null, "maxNames", new Proxy({}, throwing())]) counter.note(nothing);
    expect(Object.entries(counter.counts).filter(([, count]) => count > 0)).toEqual([["maxNames", 1], [
      "maxStreams",
      1,
    ]]);
    expect(limitOf(exceeding(undefined, new Error("none")))).toBeUndefined();
  });
});

async function serve(options: Partial<DiscoveryServerOptions>) {
  const cache = new LinearCache(CLUSTER_TYPE);
  const server = createDiscoveryServer({ cache, log: false, ...options });
  const running = await listen(server, { port: 0 });
  const client = new RawClient(`http://127.0.0.1:${running.port}`);
  onTestFinished(async () => {
    client.session.destroy();
    await running.close();
  });
  return { server, cache, client };
}

/** Any access throws. */
function throwing(): ProxyHandler<object> {
  return new Proxy({}, {
    get() {
      throw new Error("trap");
    },
  });
}
