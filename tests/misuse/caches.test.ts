import { afterEach, describe, expect, it } from "vitest";
import { type Cache, cacheFrom, createDiscoveryServer, type LinearCache, type View } from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { PollClient } from "../server/poll-client.ts";
import { Client } from "./client.ts";
import { thrown } from "./misbehaviours.ts";
import { a, linear, watch } from "./publishers.ts";
import { settle } from "./world.ts";

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}
afterEach(() => expect(unhandled.splice(0)).toEqual([]));

describe("P-01 a cache that calls its watcher late", () => {
  it.each(Object.entries(thrown()))("with a view that throws %s ends its poll once", async (_, value) => {
    const view = { get: () => raise(value()), version: "1", revision: 1, [Symbol.iterator]: () => raise(value()) };
    const client = new PollClient({ cache: late(() => view) });
    for (const request of [{}, { resource_names: ["a"] }]) {
      expect(await client.poll("clusters", request)).toMatchObject({ status: 500, text: "Internal error\n" });
    }
    expect(client.errors).toHaveLength(2);
  });

  it.each([undefined, null, 5, "text"])(
    "with %s instead of a view ends its stream and its poll once",
    async (value) => {
      const client = new PollClient({ cache: late(() => value) });
      const stream = new Client(client.server, { id: "victim", variant: "sotw" });
      stream.subscribe(CLUSTER_TYPE, []);
      expect(await client.poll("clusters")).toMatchObject({ status: 500 });
      expect([stream.status, stream.ends, client.errors.length]).toEqual(["13 Internal error", 1, 2]);
    },
  );
});

describe("P-01 a view", () => {
  it.each(["sotw", "delta"] as const)("that publishes while it is read loses nothing (%s)", async (variant) => {
    const { cache } = linear();
    cache.apply({ update: [cluster({ name: "b", altStatName: "0" })] });
    let round = 0;
    const late = cluster({ name: "b", altStatName: "late" });
    const server = createDiscoveryServer({
      log: false,
      cache: publishing(cache, () => {
        if (++round === 2) cache.apply({ update: [late] });
      }),
    });
    const client = new Client(server, { id: "n", variant });
    client.subscribe(CLUSTER_TYPE, variant === "sotw" ? [] : ["*"]);
    await settle();
    cache.apply({ update: [a("2")] });
    await settle();
    expect(round).toBeGreaterThan(1);
    expect(client.versions.at(-1)).toBe(cache.version);
    server.close();
  });
});

describe("P-01 a source of cacheFrom", () => {
  it("that never waits lets other tasks run, and ends with its watch", async () => {
    let events = 0;
    const cache = cacheFrom(async function* () {
      for (;;) {
        events++;
        yield { resources: [a("1")] };
      }
    });
    const { close } = watch(cache, () => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    close();
    await settle();
    const seen = events;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([seen > 0, events]).toEqual([true, seen]);
  });

  it.each([[[a("1")]], [{}], [undefined], ["text"]])(
    "whose first event is garbage publishes nothing: %#",
    async (event) => {
      const errors: unknown[] = [];
      const cache = cacheFrom(
        async function* () {
          yield event as never;
        },
        { onError: (error) => errors.push(error) },
      );
      let calls = 0;
      const { close } = watch(cache, () => calls++);
      await settle();
      close();
      expect([calls, errors.length]).toEqual([0, 1]);
    },
  );
});

/** A cache that calls its watcher with the same value, later. */
function late(view: () => unknown): Cache {
  return {
    watch(_, watcher) {
      const timer = setTimeout(() => watcher(view() as View), 2);
      return { subscriptionChanged() {}, close: () => clearTimeout(timer) };
    },
  };
}

/** A cache with a view that calls a function when its changes were read. */
function publishing(cache: LinearCache, onRead: () => void): Cache {
  let view: View | undefined;
  const wrap = (inner: View): View => ({
    get version() {
      return inner.version;
    },
    get revision() {
      return inner.revision;
    },
    get size() {
      return inner.size;
    },
    get: (name) => inner.get(name),
    changesSince(revision) {
      const before = inner.changesSince(revision);
      onRead();
      return before;
    },
    *[Symbol.iterator]() {
      const before = [...inner];
      onRead();
      yield* before;
    },
  });
  return { watch: (request, watcher) => cache.watch(request, (inner) => watcher(view ??= wrap(inner))) };
}

function raise(reason: unknown): never {
  throw reason;
}
