import { describe, expect, it } from "vitest";
import {
  type Cache,
  LinearCache,
  Resource,
  Snapshot,
  SnapshotCache,
  type View,
  type Watch,
  type Watcher,
  type WatchRequest,
} from "../../mod.ts";
import { type Ability, type CacheUnderTest, testCache, type TestCacheOptions } from "../../src/testing/mod.ts";

/** A correct cache with one seeded fault, and some of the tests that have to find it. */
interface Mutant extends TestCacheOptions {
  readonly found: readonly string[];
}

const LINEAR: readonly Ability[] = ["waiting", "types", "nodes"];

const MUTANTS: readonly Mutant[] = [
  {
    name: "calls its watcher before the first publication",
    ...snapshots((cache) => ({
      watch(request, watcher) {
        watcher(new EmptyView());
        return cache.watch(request, watcher);
      },
    })),
    found: ["does not call the watcher before the first publication"],
  },
  {
    name: "does not call new watchers",
    ...linear((cache) => ({
      watch(request, watcher) {
        let opening = true;
        const watch = cache.watch(request, (view) => opening || watcher(view));
        opening = false;
        return watch;
      },
    })),
    found: [
      "calls a new watcher with the current resources",
      "calls a new watcher with an empty view after all resources were removed",
      "calls a watcher of missing names, so that their absence can be sent",
      "calls a new watcher after all other watches were closed",
    ],
  },
  {
    name: "calls each watcher once only",
    ...linear((cache) => watching(cache, { watcher: once })),
    found: [
      "calls a watcher of the wildcard at each addition, change and removal",
      "calls a watcher of names at each addition, change and removal",
      "delta: a wildcard client receives all resources, then their changes",
    ],
  },
  {
    name: "calls all watchers at each publication",
    ...linear((cache) => {
      const watchers = new Set<() => void>();
      return {
        watch(request, watcher) {
          let view: View | undefined;
          const watch = cache.watch(request, (latest) => watcher(view = latest));
          const again = () => view && watcher(view);
          watchers.add(again);
          return { ...watch, close: () => (watchers.delete(again), watch.close()) };
        },
        published: () => watchers.forEach((watcher) => watcher()),
      };
    }),
    found: [
      "does not call a watcher of other names",
      "does not call watchers when the same content is published again",
      "does not call a watcher for names that it unsubscribed from",
    ],
  },
  {
    name: "does not follow the subscription",
    ...linear((cache) => watching(cache, { watch: (watch) => ({ ...watch, subscriptionChanged() {} }) })),
    found: [
      "follows a subscription to more names, existing and missing ones",
      "follows a subscription to the wildcard, and back to names",
    ],
  },
  {
    name: "ignores names that are unsubscribed",
    ...linear((cache) =>
      watching(cache, {
        watch: (watch) => ({
          ...watch,
          subscriptionChanged: ({ added }) => watch.subscriptionChanged({ added, removed: [] }),
        }),
      })
    ),
    found: ["does not call a watcher for names that it unsubscribed from"],
  },
  {
    name: "ignores collections",
    ...linear((cache) => ({
      watch({ node, type, subscription }, watcher) {
        const { names } = subscription;
        const known = {
          names,
          get wildcard() {
            return subscription.wildcard;
          },
        };
        const watch = cache.watch({ node, type, subscription: known }, watcher);
        return {
          ...watch,
          subscriptionChanged: ({ added, removed }) => watch.subscriptionChanged({ added, removed }),
        };
      },
    })),
    found: [
      "calls a watcher of a collection at each addition, change and removal in it",
      "delta: a client of a collection receives its members, then their changes",
    ],
  },
  {
    name: "ignores collections that are unsubscribed",
    ...linear((cache) =>
      watching(cache, {
        watch: (watch) => ({
          ...watch,
          subscriptionChanged: ({ removedCollections: _, ...change }) => watch.subscriptionChanged(change),
        }),
      })
    ),
    found: ["follows a subscription to more collections, and its end"],
  },
  {
    name: "calls the watchers of closed watches",
    ...linear((cache) => watching(cache, { watch: (watch) => ({ ...watch, close() {} }) })),
    found: [
      "does not call a watcher after its watch was closed, and still calls the others",
      "lets a watcher close its own watch while it is called",
    ],
  },
  {
    name: "calls the watchers of watches that were closed within the same publication",
    ...linear((cache) => new SimpleCache(cache, (watchers) => [...watchers])),
    lacks: [...LINEAR, "selective"],
    found: ["lets a watcher close another watch while it is called, whose watcher is not called then"],
  },
  {
    name: "calls watchers that are opened while it calls others, without end",
    ...linear((cache) => new SimpleCache(cache, (watchers) => watchers)),
    lacks: [...LINEAR, "selective"],
    found: ["lets a watcher replace its own watch while it is called, without an endless loop"],
  },
  {
    name: "throws for an unknown type",
    ...linear((cache, typeUrl) => ({
      watch(request, watcher) {
        if (request.type !== typeUrl) throw new Error("Unknown type");
        return cache.watch(request, watcher);
      },
    })),
    found: ["holds a watch of an unknown type, and still calls the others"],
  },
  {
    name: "passes a copy instead of a live view",
    ...linear((cache) => watching(cache, { watcher: (watcher) => (view) => watcher(new Copy(view)) })),
    found: [
      "is live: the first view that a watcher was called with has the current resources",
      "SotW: a wildcard client receives all resources, then their changes",
    ],
  },
  mutantOfView("has a revision that stands still", { revision: () => 7 }, [
    "has a revision that grows with each change",
  ]),
  mutantOfView("has a version that stands still", { version: () => "1" }, [
    "has a version that is not empty and changes with the content",
  ]),
  mutantOfView("has no version", { version: () => "" }, [
    "has a version that is not empty and changes with the content",
  ]),
  mutantOfView("has a version that differs from instance to instance", {
    version: ({ version }, id) => `${id}-${version}`,
  }, [
    "has equal versions in every instance, whatever the order of the publications",
  ]),
  mutantOfView("has a wrong size", { size: ({ size }) => size + 1 }, [
    "calls a new watcher with the current resources",
    "calls a new watcher with an empty view after all resources were removed",
  ]),
  mutantOfView("iterates over the first resource only", { iterate: (view) => [...view].slice(0, 1) }, [
    "calls a new watcher with the current resources",
    "delta: a wildcard client receives all resources, then their changes",
  ]),
  mutantOfView("has no changes since earlier revisions", { changesSince: () => undefined }, [
    "lists the changes since each recent revision: one publication",
    "delta: a client that ACKs late receives the latest of what it missed",
  ]),
  mutantOfView("leaves removals out of the changes", {
    changesSince: (view, revision) => new Map([...view.changesSince(revision)!].filter(([, resource]) => resource)),
  }, [
    "lists the changes since each recent revision: several publications",
    "lists all changes since any earlier revision, or says that it was compacted",
    "delta: a wildcard client receives all resources, then their changes",
  ]),
  mutantOfView("has the last change only", {
    changesSince: (view, revision) => view.changesSince(Math.max(revision, view.revision - 1)),
  }, [
    "lists the changes since each recent revision: several publications",
    "lists all changes since any earlier revision, or says that it was compacted",
  ]),
  mutantOfView("lists all resources as changes", {
    changesSince: (view) => new Map([...view].map((resource) => [resource.name, resource])),
  }, [
    "has no changes since its current revision",
    "lists the changes since each recent revision: a change that was reverted is left out",
    "SotW: the same content published again is not sent again",
  ]),
  {
    name: "gives the same content a new version",
    lacks: [...LINEAR, "stable"],
    create([type]) {
      const cache = new LinearCache(type!.typeUrl);
      let count = 0;
      return {
        cache,
        publish({ update, remove }) {
          const version = `${++count}`;
          cache.apply({
            update: update.map(({ typeUrl, name, bytes }) => new Resource(typeUrl, name, bytes, { version })),
            remove: remove.map(({ name }) => name),
          });
        },
      };
    },
    found: [
      "does not call watchers when the same content is published again",
      "SotW: the same content published again is not sent again",
      "delta: the same content published again is not sent again",
      "delta: a NACKed resource is not sent again before it changes",
    ],
  },
  {
    name: "mixes up the types",
    ...snapshots((cache, [type]) => ({
      watch: (request, watcher) => cache.watch({ ...request, type: type! }, watcher),
    })),
    found: ["keeps types apart", "holds a watch of an unknown type, and still calls the others"],
  },
  {
    name: "serves all nodes the same",
    ...snapshots((cache) => ({
      watch: (request, watcher) => cache.watch({ ...request, node: { ...request.node, id: "one" } }, watcher),
    })),
    found: ["serves each node its own resources", "does not call a watcher before the first publication for its node"],
  },
  {
    name: "publishes one type after the other",
    create(types) {
      const cache = new SnapshotCache();
      return {
        cache,
        publish({ node, resources }) {
          for (const { typeUrl } of types) {
            const update = resources.filter((resource) => resource.typeUrl === typeUrl);
            const before = cache.getSnapshot(node.id) ?? new Snapshot();
            const remove = [...before.resources(typeUrl).values()].filter(({ name }) =>
              !update.some((resource) => resource.name === name)
            );
            cache.setSnapshot(node.id, before.with({ update, remove }));
          }
        },
      };
    },
    found: ["has all types of a publication before it calls a watcher"],
  },
  mutantOfView("gives each resource twice", { iterate: (view) => [...view, ...view] }, [
    "is live: the first view that a watcher was called with has the current resources",
  ]),
  mutantOfView("gives resources of another type", {
    iterate: (view) => [...view].map(({ name, bytes, version }) => new Resource("x/y", name, bytes, { version })),
  }, ["is live: the first view that a watcher was called with has the current resources"]),
];

describe("testCache", () => {
  it.each(MUTANTS)("finds a cache that $name", async ({ found, ...options }) => {
    const failures = await run({ ...options, timeoutMs: 20 });
    expect(failures).toEqual(expect.arrayContaining([...found]));
  });

  it("passes the caches that the faults are seeded in", async () => {
    expect(await run({ name: "right", ...linear((cache) => watching(cache, {})) })).toEqual([]);
    expect(await run({ name: "right", ...snapshots((cache) => cache) })).toEqual([]);
    expect(await run(mutantOfView("right", {}, []))).toEqual([]);
  });

  it("names the group after what the cache lacks, and leaves out no other tests", () => {
    const all = declare({ name: "x", ...snapshots((cache) => cache) });
    const fewer = declare({ name: "x", ...snapshots((cache) => cache), lacks: ["nodes"] });
    expect(all[0]).toBe("x");
    expect(fewer[0]).toBe("x, without nodes");
    expect(all.filter((name) => !fewer.includes(name))).toEqual([
      "x",
      "serves each node its own resources",
      "does not call a watcher when the resources of another node change",
      "does not call a watcher before the first publication for its node",
    ]);
  });

  it("throws a TypeError for one type unless the cache lacks types", () => {
    const types = [{ typeUrl: "a/b", make: () => new Resource("a/b", "x", new Uint8Array(), {}) }];
    expect(() => declare({ name: "x", ...snapshots((cache) => cache), types })).toThrow(TypeError);
  });
});

interface Setup {
  readonly lacks: readonly Ability[];
  readonly create: TestCacheOptions["create"];
}

/** A LinearCache with a seeded fault. */
function linear(wrap: (cache: LinearCache, typeUrl: string) => Cache & { published?(): void }): Setup {
  return {
    lacks: LINEAR,
    create([type]): CacheUnderTest {
      const inner = new LinearCache(type!.typeUrl);
      const cache = wrap(inner, type!.typeUrl);
      return {
        cache,
        publish({ update, remove }) {
          inner.apply({ update, remove: remove.map(({ name }) => name) });
          cache.published?.();
        },
      };
    },
  };
}

/** A SnapshotCache with a seeded fault. */
function snapshots(wrap: (cache: SnapshotCache, types: readonly string[]) => Cache): Setup {
  return {
    lacks: [],
    create(types): CacheUnderTest {
      const inner = new SnapshotCache();
      return {
        cache: wrap(inner, types.map(({ typeUrl }) => typeUrl)),
        publish: ({ node, resources }) => inner.setSnapshot(node.id, new Snapshot({ resources })),
      };
    },
  };
}

function watching(
  cache: Cache,
  { watcher: wrapWatcher = (watcher) => watcher, watch: wrapWatch = (watch) => watch }: {
    readonly watcher?: (watcher: Watcher) => Watcher;
    readonly watch?: (watch: Watch) => Watch;
  },
): Cache {
  return { watch: (request, watcher) => wrapWatch(cache.watch(request, wrapWatcher(watcher))) };
}

function once(watcher: Watcher): Watcher {
  let called = false;
  return (view) => {
    if (!called) watcher(view);
    called = true;
  };
}

/** A cache that calls all watchers at each publication, in the given order. */
class SimpleCache implements Cache {
  readonly #cache: Cache;
  readonly #order: (watchers: Set<() => void>) => Iterable<() => void>;
  readonly #watchers = new Set<() => void>();

  constructor(cache: Cache, order: (watchers: Set<() => void>) => Iterable<() => void>) {
    this.#cache = cache;
    this.#order = order;
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    let view: View | undefined;
    const watch = this.#cache.watch(request, (latest) => view = latest);
    const call = () => view && watcher(view);
    this.#watchers.add(call);
    call();
    return { ...watch, close: () => (this.#watchers.delete(call), watch.close()) };
  }

  published(): void {
    for (const call of this.#order(this.#watchers)) call();
  }
}

/** The members of a view to replace. */
interface Alteration {
  readonly version?: (view: View, id: number) => string;
  readonly revision?: (view: View) => number;
  readonly size?: (view: View) => number;
  readonly iterate?: (view: View) => Iterable<Resource>;
  readonly changesSince?: (view: View, revision: number) => ReturnType<View["changesSince"]>;
}

function mutantOfView(name: string, alteration: Alteration, found: readonly string[]): Mutant {
  const altered = new WeakMap<View, View>();
  let count = 0;
  const alter = (view: View) => {
    if (!altered.has(view)) altered.set(view, new AlteredView(view, alteration, ++count));
    return altered.get(view)!;
  };
  return {
    name,
    found,
    ...linear((cache) => watching(cache, { watcher: (watcher) => (view) => watcher(alter(view)) })),
  };
}

class AlteredView implements View {
  readonly #view: View;
  readonly #alteration: Alteration;
  readonly #id: number;

  constructor(view: View, alteration: Alteration, id: number) {
    this.#view = view;
    this.#alteration = alteration;
    this.#id = id;
  }

  get version(): string {
    return this.#alteration.version?.(this.#view, this.#id) ?? this.#view.version;
  }

  get revision(): number {
    return this.#alteration.revision?.(this.#view) ?? this.#view.revision;
  }

  get size(): number {
    return this.#alteration.size?.(this.#view) ?? this.#view.size;
  }

  get(name: string): Resource | undefined {
    return this.#view.get(name);
  }

  changesSince(revision: number): ReturnType<View["changesSince"]> {
    const { changesSince } = this.#alteration;
    return changesSince ? changesSince(this.#view, revision) : this.#view.changesSince(revision);
  }

  [Symbol.iterator](): Iterator<Resource> {
    return (this.#alteration.iterate?.(this.#view) ?? this.#view)[Symbol.iterator]();
  }
}

/** A view at one revision, which is not live. */
class Copy implements View {
  readonly version: string;
  readonly revision: number;
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #view: View;

  constructor(view: View) {
    this.version = view.version;
    this.revision = view.revision;
    this.#resources = new Map([...view].map((resource) => [resource.name, resource]));
    this.#view = view;
  }

  get size(): number {
    return this.#resources.size;
  }

  get(name: string): Resource | undefined {
    return this.#resources.get(name);
  }

  changesSince(revision: number): ReturnType<View["changesSince"]> {
    return this.#view.changesSince(revision);
  }

  [Symbol.iterator](): Iterator<Resource> {
    return this.#resources.values();
  }
}

class EmptyView extends Copy {
  constructor() {
    super(
      Object.assign([], { version: "0", revision: 0, size: 0, get: () => undefined, changesSince: () => new Map() }),
    );
  }
}

/** The names of the groups and tests that the kit declares, in order. */
function declare(options: TestCacheOptions, tests = new Map<string, () => Promise<void>>()): string[] {
  const names: string[] = [];
  const describe = (name: string, body: () => void) => {
    names.push(name);
    body();
  };
  const it = (name: string, body: () => Promise<void>) => {
    if (tests.has(name)) throw new Error(`Two tests have the name ${name}`);
    names.push(name);
    tests.set(name, body);
  };
  const { name, create, lacks, types, timeoutMs } = options;
  const given = { lacks, types, timeoutMs };
  testCache({ describe, it }, { name, create, ...omitUndefined(given) });
  return names;
}

/** Rows of tables have more than the options. */
function omitUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** Runs the kit without a test runner. @returns the names of the tests that fail */
async function run(options: TestCacheOptions): Promise<string[]> {
  const tests = new Map<string, () => Promise<void>>();
  declare(options, tests);
  const failures: string[] = [];
  for (const [name, test] of tests) await test().catch(() => failures.push(name));
  return failures;
}
