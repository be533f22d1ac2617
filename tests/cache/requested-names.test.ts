import { describe, expect, it } from "vitest";
import { type CacheEvent, cacheFrom, type CacheSource, type Resource } from "../../mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3, VIRTUAL_HOST_TYPE, virtualHost } from "../../src/v3/mod.ts";

const CDS = CLUSTER_TYPE;

/** A backend that finds out by name, when it is told what there is. */
class Backend {
  readonly questions: (readonly string[])[] = [];
  #answers: ((event: CacheEvent) => void)[] = [];
  readonly source: CacheSource;

  constructor() {
    this.source = async function* (this: Backend, _: unknown, { asked }: { asked: AsyncIterable<readonly string[]> }) {
      for await (const names of asked) {
        this.questions.push(names);
        yield await new Promise<CacheEvent>((resolve) => this.#answers.push(resolve));
      }
    }.bind(this);
  }

  /** Waits for a question, and answers the first one that is open. */
  async answer(...update: Resource[]): Promise<void> {
    await settled();
    this.#answers.shift()!({ update });
    await settled();
  }
}

/** All promises that can resolve by themselves have done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function said(client: FakeClient) {
  return client.settle().map(({ resources, removed, unknown }) => {
    return [
      ...resources.map(({ name, aliases }) => [name, ...aliases].join(" aka ")),
      ...removed.map((name) => `-${name}`),
      ...unknown.map((name) => `?${name}`),
    ].join(" ");
  });
}

describe("names that are looked for when they are asked for", () => {
  it("H8 are made then, and those that cannot be made are told once that is known", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    expect(said(client)).toEqual([]);
    await backend.answer(cluster({ name: "a" }));
    expect(said(client)).toEqual(["a"]);

    client.subscribe(CDS, ["b", "none"]);
    await settled();
    client.subscribe(CDS, ["c"]);
    await settled();
    expect(said(client), "nobody knows yet").toEqual([]);
    await backend.answer(cluster({ name: "b" }));
    // What is known of them is told, and of the others not that they do not exist.
    expect(said(client)).toEqual(["b -none"]);
    await backend.answer();
    expect(said(client)).toEqual(["-c"]);
    expect(backend.questions).toEqual([["a"], ["b", "none"], ["c"]]);
    client.close();
  });

  it("H8 may be dropped before they are found", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await backend.answer(cluster({ name: "a" }));
    client.settle();
    client.subscribe(CDS, ["b", "c"]);
    await settled();
    client.unsubscribe(CDS, ["b"]);
    await backend.answer(cluster({ name: "c" }));
    expect(said(client)).toEqual(["c"]);
    client.close();
  });

  it("H8 are found for SotW, too", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "sotw" });
    client.subscribe(CDS, ["a"]);
    await backend.answer(cluster({ name: "a" }));
    expect(said(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    said(client);
    await backend.answer(cluster({ name: "b" }));
    expect(said(client)).toEqual(["a b"]);
    client.close();
  });

  it("H8 H2 H3 may be hosts", async () => {
    const backend = new Backend();
    const client = new FakeClient({ cache: cacheFrom(backend.source), api: v3, variant: "delta" });
    client.subscribe(VIRTUAL_HOST_TYPE);
    await backend.answer();
    expect(backend.questions).toEqual([[]]);
    client.subscribe(VIRTUAL_HOST_TYPE, ["r/a.com", "r/b.com"]);
    await settled();
    expect(said(client)).toEqual([]);
    await backend.answer(virtualHost({ name: "one", domains: ["a.com"] }, { routeConfig: "r" }));
    expect(said(client)).toEqual(["r/one aka r/a.com ?r/b.com"]);
    client.close();
  });

  it("H8 are asked for again after an error, and are not told to be missing meanwhile", async () => {
    let calls = 0;
    const errors: unknown[] = [];
    const source: CacheSource = async function* (_, { asked }) {
      for await (const names of asked) {
        if (++calls === 2) throw new Error("no connection");
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
    expect(said(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    expect(said(client)).toEqual([]);
    while (client.resources(CDS).size < 2) {
      next = wake();
      await next;
      client.settle();
    }
    expect([calls, errors.length]).toEqual([3, 1]);
    client.close();
  });

  it("H8 are told to be missing once the source has ended", async () => {
    const source: CacheSource = async function* (_, { asked }) {
      for await (const names of asked) {
        yield { update: names.map((name) => cluster({ name })) };
        return;
      }
    };
    const client = new FakeClient({ cache: cacheFrom(source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await settled();
    expect(said(client)).toEqual(["a"]);
    client.subscribe(CDS, ["b"]);
    expect(said(client)).toEqual(["-b"]);
    client.close();
  });

  it("H8 the wildcard is told as a question without names", async () => {
    const questions: unknown[] = [];
    const source: CacheSource = async function* ({ subscription }, { asked }) {
      for await (const names of asked) {
        questions.push([subscription.wildcard, ...names]);
        yield { update: [] };
      }
    };
    const client = new FakeClient({ cache: cacheFrom(source), api: v3, variant: "delta" });
    client.subscribe(CDS, ["a"]);
    await settled();
    client.settle();
    client.subscribe(CDS, ["*"]);
    await settled();
    expect(questions).toEqual([[false, "a"], [true]]);
    client.close();
  });
});
