import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import {
  combineCallbacks,
  createDiscoveryServer,
  type DiscoveryCallbacks,
  logCallbacks,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { InProcessClient, type Reply, settle } from "./in-process-client.ts";

const cacheOf = (...names: string[]) => {
  const cache = new SnapshotCache();
  const resources = names.map((name) => cluster({ name, altStatName: "do-not-log-this" }));
  cache.setSnapshot("edge-1", new Snapshot({ version: "1", resources }));
  return cache;
};

async function play(callbacks: DiscoveryCallbacks, reply: Reply = "ack", cache = cacheOf("a")): Promise<void> {
  const server = createDiscoveryServer({ cache, callbacks, log: false });
  const client = new InProcessClient(server, { id: "edge-1", variant: "sotw", replies: { [CLUSTER_TYPE]: reply } });
  client.subscribe(CLUSTER_TYPE, []);
  await settle();
  client.disconnect();
  const body = JSON.stringify({ node: { id: "edge-1" } });
  const headers = { "content-type": "application/json" };
  await server.fetch(new Request("http://localhost/v3/discovery:clusters", { method: "POST", headers, body }));
  server.close();
}

describe("logCallbacks()", () => {
  it("prints a line for each event, without the content of resources", async () => {
    const lines: string[] = [];
    await play(logCallbacks((line) => lines.push(line)), "ack", cacheOf("a", "b", "c", "d", "e", "f"));
    expect(lines).toEqual([
      '#1 node "edge-1" connected from 127.0.0.1:1: ADS, sotw',
      "#1 sent Cluster 1: a, b, c, d, e and 1 more",
      "#1 ACK  Cluster 1",
      "#1 closed by the client",
      'poll of node "edge-1" by rest: Cluster 1: a, b, c, d, e and 1 more',
    ]);
  });

  it("prints which node rejects what, in one line", async () => {
    const lines: string[] = [];
    await play(logCallbacks((line) => lines.push(line)), { nack: "bad 'a'\nforged" });
    expect(lines[2]).toBe("#1 NACK Cluster 1 by node \"edge-1\": bad 'a'\\u000aforged");
    expect(lines[3]).toMatch(/^#1 keeps Cluster "a" from the client, by client: bad 'a'/);
  });
});

describe("combineCallbacks()", () => {
  it("calls all in order, each with its own this", async () => {
    const calls: string[] = [];
    class Counter implements DiscoveryCallbacks {
      readonly #name: string;
      constructor(name: string) {
        this.#name = name;
      }
      onAck(): void {
        calls.push(this.#name);
      }
    }
    await play(combineCallbacks(new Counter("first"), {}, new Counter("second")));
    expect(calls).toEqual(["first", "second"]);
  });

  it("has no callback where none of them has one", () => {
    expect(Object.keys(combineCallbacks({ onAck() {} }, {}))).toEqual(["onAck"]);
    expect(combineCallbacks()).toEqual({});
  });

  it("lets each refuse a stream, and calls the others all the same", async () => {
    const calls: unknown[] = [];
    const refused = new ConnectError("not you", Code.PermissionDenied);
    await play(combineCallbacks(
      { onStreamOpen: () => raise(refused) },
      { onStreamOpen: () => void calls.push("open"), onStreamClose: (_, error) => void calls.push(error?.code) },
    ));
    expect(calls).toEqual(["open", Code.PermissionDenied]);
  });

  it("passes on what one rejects with", async () => {
    const errors: unknown[] = [];
    await play(combineCallbacks(
      { onAck: () => Promise.reject(new Error("late")) as unknown as void },
      { onError: (error) => void errors.push(error) },
    ));
    expect(errors).toEqual([new Error("late")]);
  });
});

function raise(error: Error): never {
  throw error;
}
