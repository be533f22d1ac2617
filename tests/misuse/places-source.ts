import {
  type CacheEvent,
  cacheFrom,
  type CacheSource,
  MuxCache,
  snapshotsFrom,
  type SnapshotsFromOptions,
  type SnapshotSource,
} from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import type { Place } from "./place.ts";
import type { Act, Setup, World } from "./world.ts";

/** Sources, and what is called beside them. */
export const SOURCE_PLACES: Readonly<Record<string, Place>> = {
  "cacheFrom(source)": {
    consequence: "kept",
    setup: (act, world) => withSource(world, (...args) => act(() => events(...args))),
  },
  ...Object.fromEntries((["resources", "update", "remove"] as const).map((name): [string, Place] => [
    `cacheFrom(source).${name}`,
    { consequence: "kept", setup: (act, world) => withSource(world, misbehavingEvents(name, act)) },
  ])),
  "CacheFromOptions.onError": {
    consequence: "ignored",
    setup: (act, world) => withSource(world, failing, () => act(() => {})),
  },
  "CacheSourceOptions.signal": {
    consequence: "kept",
    needsNothing: true,
    setup: (act, world) =>
      withSource(world, (request, options) => {
        options.signal.addEventListener("abort", () => act(() => {}));
        options.signal.addEventListener("abort", { handleEvent: () => act(() => {}) }, { once: true });
        options.signal.onabort = () => act(() => {});
        return events(request, options);
      }),
  },
  "snapshotsFrom(source)": {
    consequence: "kept",
    mayBeLate: true,
    setup: (act, world) => withSnapshots(world, () => act(() => SNAPSHOTS)),
  },
  "snapshotsFrom(source).snapshot": {
    consequence: "kept",
    setup: (act, world) =>
      withSnapshots(world, () =>
        SNAPSHOTS.map(({ key, snapshot }) => ({
          key,
          get snapshot() {
            return act(() => snapshot);
          },
        }))),
  },
  "SnapshotsFromOptions.onError": {
    consequence: "ignored",
    setup: (act, world) =>
      withSnapshots(world, () => Promise.reject(new Error("A fault")), { onError: () => act(() => {}) }),
  },
  "SnapshotsFromOptions.admit": {
    consequence: "kept",
    setup: (act, world) => withSnapshots(world, () => SNAPSHOTS, { admit: () => act(() => []) }),
  },
  "SnapshotsFromOptions.nodeHash": {
    consequence: "ends",
    setup: (act, world) => withSnapshots(world, () => SNAPSHOTS, { nodeHash: ({ id }) => act(() => id) }),
  },
  "SnapshotSourceOptions.signal": {
    consequence: "kept",
    needsNothing: true,
    setup: (act, world) =>
      withSnapshots(world, ({ signal }) => {
        signal.addEventListener("abort", () => act(() => {}));
        signal.onabort = () => act(() => {});
        return SNAPSHOTS;
      }),
  },
};

const SNAPSHOTS = [{ key: "victim", snapshot: [cluster({ name: "a" })] }];

function withSnapshots(world: World, source: SnapshotSource, options: SnapshotsFromOptions = {}): Setup {
  const onError = (error: unknown) => void world.reported.push(error);
  const cache = snapshotsFrom(source, { everyMs: 5, timeoutMs: 50, retryMs: 5, maxRetryMs: 20, onError, ...options });
  return { cache: new MuxCache({ [CLUSTER_TYPE]: cache }, { otherwise: world.snapshots }), close: cache.close };
}

function withSource(
  world: World,
  source: CacheSource,
  onError: (error: unknown) => void = (error) => world.reported.push(error),
): Setup {
  return {
    cache: new MuxCache({ [CLUSTER_TYPE]: cacheFrom(source, { retryMs: 5, onError }) }, { otherwise: world.snapshots }),
  };
}

const events: CacheSource = async function* () {
  yield { resources: [cluster({ name: "a" })] };
  yield { update: [cluster({ name: "b" })], remove: ["a"] };
};

// deno-lint-ignore require-yield
const failing: CacheSource = async function* () {
  throw new Error("A fault");
};

function misbehavingEvents(name: string, act: Act): CacheSource {
  return async function* (request, options) {
    for await (const event of events(request, options)) {
      const value = (event as Record<string, unknown>)[name];
      yield value === undefined ? event : {
        ...event,
        get [name]() {
          return act(() => value);
        },
      } as CacheEvent;
    }
  };
}
