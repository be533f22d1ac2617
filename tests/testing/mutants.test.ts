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

/** A right cache with one fault built in, and some of the tests that have to find it. */
interface Mutant extends TestCacheOptions {
  readonly found: readonly string[];
}

const LINEAR: readonly Ability[] = ["waiting", "types", "nodes"];

const MUTANTS: readonly Mutant[] = [
  {
    name: "answers before there is anything",
    ...snapshots((cache) => ({
      watch(request, watcher) {
        watcher(new EmptyView());
        return cache.watch(request, watcher);
      },
    })),
    found: ["says nothing before anything is published: no configuration yet is not an empty configuration"],
  },
  {
    name: "never answers who comes later",
    ...linear((cache) => ({
      watch(request, watcher) {
        let opening = true;
        const watch = cache.watch(request, (view) => opening || watcher(view));
        opening = false;
        return watch;
      },
    })),
    found: [
      "answers who comes later with what there is",
      "answers with an empty set where everything was removed",
      "answers who asks for names that do not exist, so that the client can be told so",
      "answers a new watch after all others were closed",
    ],
  },
  {
    name: "answers once and never again",
    ...linear((cache) => watching(cache, { watcher: once })),
    found: [
      "wakes who wants everything at each addition, change and removal",
      "wakes who wants names at each addition, change and removal",
      "incremental: a client that wants everything gets it, and what changes of it",
    ],
  },
  {
    name: "wakes everybody at each publication",
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
      "lets those sleep who want other names",
      "lets everybody sleep when the same content is published again",
      "lets those sleep who do not want it any more",
    ],
  },
  {
    name: "forgets to follow the subscription",
    ...linear((cache) => watching(cache, { watch: (watch) => ({ ...watch, subscriptionChanged() {} }) })),
    found: [
      "follows a subscription to further names, be it of what exists or of what does not",
      "follows a subscription that turns to everything, and back to names",
    ],
  },
  {
    name: "does not drop names",
    ...linear((cache) =>
      watching(cache, {
        watch: (watch) => ({
          ...watch,
          subscriptionChanged: ({ added }) => watch.subscriptionChanged({ added, removed: [] }),
        }),
      })
    ),
    found: ["lets those sleep who do not want it any more"],
  },
  {
    name: "knows nothing of collections",
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
      "wakes who wants a collection at each addition, change and removal in it",
      "incremental: a client that wants a collection gets what is in it, and what changes of it",
    ],
  },
  {
    name: "does not drop collections",
    ...linear((cache) =>
      watching(cache, {
        watch: (watch) => ({
          ...watch,
          subscriptionChanged: ({ removedCollections: _, ...change }) => watch.subscriptionChanged(change),
        }),
      })
    ),
    found: ["follows a subscription to further collections, and away from them"],
  },
  {
    name: "goes on after close",
    ...linear((cache) => watching(cache, { watch: (watch) => ({ ...watch, close() {} }) })),
    found: [
      "is silent once a watch is closed, and goes on with the others",
      "lets a watcher close its own watch while it is called",
    ],
  },
  {
    name: "calls whoever was there when it began to wake",
    ...linear((cache) => new SimpleCache(cache, (watchers) => [...watchers])),
    lacks: [...LINEAR, "selective"],
    found: ["lets a watcher close the watch of another while it is called, who then is not called"],
  },
  {
    name: "wakes those without end who are opened while it wakes",
    ...linear((cache) => new SimpleCache(cache, (watchers) => watchers)),
    lacks: [...LINEAR, "selective"],
    found: ["lets a watcher close its watch and open another while it is called, without end"],
  },
  {
    name: "throws at a type that it does not know",
    ...linear((cache, typeUrl) => ({
      watch(request, watcher) {
        if (request.type !== typeUrl) throw new Error("what is this?");
        return cache.watch(request, watcher);
      },
    })),
    found: ["holds a watch of a type that it does not know, and goes on with the others"],
  },
  {
    name: "hands out a copy instead of a live view",
    ...linear((cache) => watching(cache, { watcher: (watcher) => (view) => watcher(new Copy(view)) })),
    found: [
      "is live: the one that a watcher was given first reads the latest",
      "state of the world: a client that wants everything gets it, and what changes of it",
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
    "has equal versions in every instance, whatever the order in which the content came",
  ]),
  mutantOfView("counts wrongly", { size: ({ size }) => size + 1 }, [
    "answers who comes later with what there is",
    "answers with an empty set where everything was removed",
  ]),
  mutantOfView("iterates over the first resource alone", { iterate: (view) => [...view].slice(0, 1) }, [
    "answers who comes later with what there is",
    "incremental: a client that wants everything gets it, and what changes of it",
  ]),
  mutantOfView("knows nothing of the past", { changesSince: () => undefined }, [
    "tells the changes since each of the last revisions: one publication",
    "incremental: a client that is slow to answer gets the latest of all that it missed",
  ]),
  mutantOfView("keeps quiet about removals", {
    changesSince: (view, revision) => new Map([...view.changesSince(revision)!].filter(([, resource]) => resource)),
  }, [
    "tells the changes since each of the last revisions: several publications",
    "tells all changes since any earlier revision, or that it is too old",
    "incremental: a client that wants everything gets it, and what changes of it",
  ]),
  mutantOfView("knows the last change alone", {
    changesSince: (view, revision) => view.changesSince(Math.max(revision, view.revision - 1)),
  }, [
    "tells the changes since each of the last revisions: several publications",
    "tells all changes since any earlier revision, or that it is too old",
  ]),
  mutantOfView("always tells all that there is", {
    changesSince: (view) => new Map([...view].map((resource) => [resource.name, resource])),
  }, [
    "has no changes since now",
    "tells the changes since each of the last revisions: what changed back is not listed",
    "state of the world: the same content again is not sent again",
  ]),
  {
    name: "takes the same content for new",
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
      "lets everybody sleep when the same content is published again",
      "state of the world: the same content again is not sent again",
      "incremental: the same content again is not sent again",
      "incremental: what a client rejects is not sent again before it changes",
    ],
  },
  {
    name: "mixes up the types",
    ...snapshots((cache, [type]) => ({
      watch: (request, watcher) => cache.watch({ ...request, type: type! }, watcher),
    })),
    found: ["keeps types apart", "holds a watch of a type that it does not know, and goes on with the others"],
  },
  {
    name: "gives all clients the same",
    ...snapshots((cache) => ({
      watch: (request, watcher) => cache.watch({ ...request, node: { ...request.node, id: "one" } }, watcher),
    })),
    found: ["gives each client its own", "lets a client wait whose resources were not published yet"],
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
    found: ["has all types of a publication before it tells anybody"],
  },
];

describe("testCache", () => {
  it.each(MUTANTS)("finds a cache that $name", async ({ found, ...options }) => {
    const failures = await run({ ...options, timeoutMs: 20 });
    expect(failures).toEqual(expect.arrayContaining([...found]));
  });

  it("finds nothing wrong with the caches that the faults were built into", async () => {
    expect(await run({ name: "right", ...linear((cache) => watching(cache, {})) })).toEqual([]);
    expect(await run({ name: "right", ...snapshots((cache) => cache) })).toEqual([]);
    expect(await run(mutantOfView("right", {}, []))).toEqual([]);
  });

  it("says which abilities are left out, and leaves out no others", () => {
    const all = declare({ name: "x", ...snapshots((cache) => cache) });
    const fewer = declare({ name: "x", ...snapshots((cache) => cache), lacks: ["nodes"] });
    expect(all[0]).toBe("x");
    expect(fewer[0]).toBe("x, without nodes");
    expect(all.filter((name) => !fewer.includes(name))).toEqual([
      "x",
      "gives each client its own",
      "lets a client sleep when another one's resources change",
      "lets a client wait whose resources were not published yet",
    ]);
  });

  it("refuses one type where several are to be tested", () => {
    const types = [{ typeUrl: "a/b", make: () => new Resource("a/b", "x", new Uint8Array(), {}) }];
    expect(() => declare({ name: "x", ...snapshots((cache) => cache), types })).toThrow(TypeError);
  });
});

interface Setup {
  readonly lacks: readonly Ability[];
  readonly create: TestCacheOptions["create"];
}

/** A linear cache behind something that breaks it. */
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

/** A snapshot cache behind something that breaks it. */
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

/** A cache that wakes everybody, in the order of its choice. */
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

/** What may be said otherwise than the view does. */
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

/** A view as it was once. */
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
    if (tests.has(name)) throw new Error(`two tests have the name ${name}`);
    names.push(name);
    tests.set(name, body);
  };
  testCache({ describe, it }, options);
  return names;
}

/** Runs the kit without a test runner. @returns the names of the tests that fail */
async function run(options: TestCacheOptions): Promise<string[]> {
  const tests = new Map<string, () => Promise<void>>();
  declare(options, tests);
  const failures: string[] = [];
  for (const [name, test] of tests) await test().catch(() => failures.push(name));
  return failures;
}
