import { describe, expect, it } from "vitest";
import { type CacheEvent, cacheFrom, type CacheSource, type Resource } from "../../mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3, VIRTUAL_HOST_TYPE, virtualHostResource } from "../../src/v3/mod.ts";

const CDS = CLUSTER_TYPE;

/** A source that loads each batch when the test resolves it. */
class Backend {
  readonly batches: (readonly string[])[] = [];
  #loads: ((event: CacheEvent) => void)[] = [];
  readonly source: CacheSource;

  constructor() {
    this.source = async function* (this: Backend, _: unknown, { asked }: { asked: AsyncIterable<readonly string[]> }) {
      for await (const names of asked) {
        this.batches.push(names);
        yield await new Promise<CacheEvent>((resolve) => this.#loads.push(resolve));
      }
    }.bind(this);
  }

  /** Waits for a batch, and loads the first one that is loading. */
  async load(...update: Resource[]): Promise<void> {
    await settled();
    this.#loads.shift()!({ update });
    await settled();
  }
}

/** Waits for all promises that resolve without the test. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function settle(client: FakeClient) {
  return client.settle().map(({ resources, removed, unknown }) => {
    return [
      ...resources.map(({ name, aliases }) => [name, ...aliases].join(" aka ")),
      ...removed.map((name) => `-${name}`),
      ...unknown.map((name) => `?${name}`),
    ].join(" ");
  });
}

describe("cacheFrom() with names on demand", () => {
  it("H8 sends the resources of a batch, and reports the missing ones once it is complete", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    expect(settle(client)).toEqual([]);
    await backend.load(cluster({ name: "a" }));
    expect(settle(client)).toEqual(["a"]);

    client.subscribe(CDS, ["b", "none"]);
    await settled();
    client.subscribe(CDS, ["c"]);
    await settled();
    expect(settle(client), "the batch is loading").toEqual([]);
    await backend.load(cluster({ name: "b" }));
    // The batch is complete; the next one is still loading.
    expect(settle(client)).toEqual(["b -none"]);
    await backend.load();
    expect(settle(client)).toEqual(["-c"]);
    expect(backend.batches).toEqual([["a"], ["b", "none"], ["c"]]);
    client.close();
  });

  it("H8 does not send a name that is unsubscribed while its batch is loading", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await backend.load(cluster({ name: "a" }));
    client.settle();
    client.subscribe(CDS, ["b", "c"]);
    await settled();
    client.unsubscribe(CDS, ["b"]);
    await backend.load(cluster({ name: "c" }));
    expect(settle(client)).toEqual(["c"]);
    client.close();
  });

  it("H8 sends the resources of a batch in SotW", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "sotw" });
    client.subscribe(CDS, ["a"]);
    await backend.load(cluster({ name: "a" }));
    expect(settle(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    settle(client);
    await backend.load(cluster({ name: "b" }));
    expect(settle(client)).toEqual(["a b"]);
    client.close();
  });

  it("H8 H2 H3 sends virtual hosts on demand, and reports missing hosts", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(VIRTUAL_HOST_TYPE);
    await backend.load();
    expect(backend.batches).toEqual([[]]);
    client.subscribe(VIRTUAL_HOST_TYPE, ["r/a.com", "r/b.com"]);
    await settled();
    expect(settle(client)).toEqual([]);
    await backend.load(virtualHostResource({ name: "one", domains: ["a.com"] }, { routeConfig: "r" }));
    expect(settle(client)).toEqual(["r/one aka r/a.com ?r/b.com"]);
    client.close();
  });

  it("H8 loads names again after an error of the source, and does not report them as missing meanwhile", async () => {
    let calls = 0;
    const errors: unknown[] = [];
    const source: CacheSource = async function* (_, { asked }) {
      for await (const names of asked) {
        if (++calls === 2) throw new Error("No connection");
        yield { update: names.map((name) => cluster({ name })) };
      }
    };
    const cache = cacheFrom(source, { retryMs: 1, onError: (error) => errors.push(error) });
    const woken: (() => void)[] = [];
    const client = new FakeClient({ cache, api: v3, variant: "delta", onWake: () => woken.shift()?.() });
    const wake = () => new Promise<void>((resolve) => woken.push(resolve));
    let next = wake();
    client.subscribe(CDS, ["a"]);
    await next;
    expect(settle(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    expect(settle(client)).toEqual([]);
    while (client.resources(CDS).size < 2) {
      next = wake();
      await next;
      client.settle();
    }
    expect([calls, errors.length]).toEqual([3, 1]);
    client.close();
  });

  it("H8 reports names as missing once the source has ended", async () => {
    const source: CacheSource = async function* (_, { asked }) {
      for await (const names of asked) {
        yield { update: names.map((name) => cluster({ name })) };
        return;
      }
    };
    const client = new FakeClient({ cache: cacheFrom(source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await settled();
    expect(settle(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    expect(settle(client)).toEqual(["-b"]);
    client.close();
  });

  it("H8 has an empty batch for the wildcard", async () => {
    const batches: unknown[] = [];
    const source: CacheSource = async function* ({ subscription }, { asked }) {
      for await (const names of asked) {
        batches.push([subscription.wildcard, ...names]);
        yield { update: [] };
      }
    };
    const client = new FakeClient({ cache: cacheFrom(source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await settled();
    client.settle();
    client.subscribe(CDS, ["*"]);
    await settled();
    expect(batches).toEqual([[false, "a"], [true]]);
    client.close();
  });
});
