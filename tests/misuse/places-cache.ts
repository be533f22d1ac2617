import {
  type Cache,
  MuxCache,
  Snapshot,
  SnapshotCache,
  type View,
  type Watch,
  type Watcher,
  type WatchRequest,
} from "../../mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { Client } from "./client.ts";
import type { Place } from "./place.ts";
import type { Act } from "./world.ts";

const VIEW_MEMBERS = ["get", "changesSince", "isLoading", "revision", "size", "version", Symbol.iterator] as const;

/** Caches of the user's own, and the code that caches of the package call. */
export const CACHE_PLACES: Readonly<Record<string, Place>> = {
  "Cache.watch": {
    consequence: "ends",
    setup: (act, { snapshots }) => ({ cache: { watch: (...args) => act(() => snapshots.watch(...args)) } }),
  },
  "Cache.explain": {
    consequence: "ignored",
    setup: (act, { snapshots }) => ({
      options: {
        cache: { watch: (...args) => snapshots.watch(...args), explain: () => act(() => "there is no snapshot") },
      },
      drive(world) {
        const client = new Client(world.server, { id: "unknown", variant: "sotw" });
        world.others.push(client);
        client.subscribe(CLUSTER_TYPE, []);
        world.server.explain("unknown");
      },
    }),
  },
  "Cache.sourceErrors": {
    consequence: "ignored",
    setup: (act, { snapshots }) => {
      let isDriven = false;
      return {
        options: {
          cache: {
            watch: (...args) => snapshots.watch(...args),
            // What is looked at when all is over is what this has left behind.
            sourceErrors: () => isDriven ? act(() => ["a file is wrong"]) : [],
          },
        },
        drive(world) {
          isDriven = true;
          world.server.status();
          world.server.explain("node");
          isDriven = false;
        },
      };
    },
  },
  ...Object.fromEntries((["close", "subscriptionChanged"] as const).map((name): [string, Place] => [`Watch.${name}`, {
    consequence: name === "close" ? "late" : "ends",
    needsNothing: true,
    setup: (act, { snapshots }) => ({
      cache: {
        watch(...args) {
          const watch = snapshots.watch(...args);
          // What the cache itself holds is freed, so that what is left over is the server's.
          const both: Watch = {
            close: () => watch.close(),
            subscriptionChanged: (change) => watch.subscriptionChanged(change),
          };
          return { ...both, [name]: (change: never) => (both[name](change), act(() => {})) };
        },
      },
    }),
  }])),
  ...Object.fromEntries(VIEW_MEMBERS.map((name): [string, Place] => [
    typeof name === "symbol" ? "View[Symbol.iterator]" : `View.${name}`,
    {
      consequence: "ends",
      isUncalled: name === "size",
      setup: (act, { snapshots }) => ({ cache: withViews(snapshots, (view) => misbehavingView(view, name, act)) }),
    },
  ])),
  "MuxCache(caches)": {
    consequence: "ends",
    setup: (act, { snapshots }) => ({ cache: new MuxCache(() => act(() => snapshots)) }),
  },
  "SnapshotCacheOptions.nodeHash": {
    consequence: "ends",
    setup: (act, { snapshots }) => {
      const cache = new SnapshotCache({ nodeHash: (node) => act(() => node.id) });
      const follow = snapshots.setSnapshot.bind(snapshots);
      snapshots.setSnapshot = (key, snapshot) => (follow(key, snapshot), cache.setSnapshot(key, snapshot));
      cache.setSnapshot("victim", snapshots.getSnapshot("victim") ?? new Snapshot());
      return { cache };
    },
  },
};

/** A cache whose watchers are called with other views, the same for the same view. */
function withViews(cache: Cache, change: (view: View) => View): Cache {
  const views = new WeakMap<View, View>();
  function changed(view: View): View {
    if (!views.has(view)) views.set(view, change(view));
    return views.get(view)!;
  }
  return {
    watch: (request: WatchRequest, watcher: Watcher) => cache.watch(request, (view) => watcher(changed(view))),
  };
}

function misbehavingView(view: View, name: PropertyKey, act: Act): View {
  return new Proxy(view, {
    get(_, key) {
      const value: unknown = Reflect.get(view, key);
      if (key !== name) return typeof value === "function" ? value.bind(view) : value;
      if (key === "isLoading") return () => act(() => false);
      if (typeof value !== "function") return act(() => value);
      return (...args: unknown[]) => act(() => value.apply(view, args));
    },
  });
}
