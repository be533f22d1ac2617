import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Cache, SnapshotCache, type WatchRequest } from "../../mod.ts";
import { ClientNames } from "../../src/stream/client-names.ts";
import { isChange, Subscription } from "../../src/stream/subscription.ts";
import { TYPES } from "../protocol/transcript.ts";
import { make, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

describe("Subscription", () => {
  const folder = "xdstp://x/type/folder/*";
  const collectionFor = (name: string) => name.startsWith(folder) ? folder : undefined;
  const draft = () => ({ added: [] as string[], removed: [] as string[] });

  it("adds and removes each name once", () => {
    const subscription = new Subscription(() => undefined);
    const change = draft();
    expect([subscription.add("a", change), subscription.add("a", change)]).toEqual([true, false]);
    expect([subscription.remove("b", change), subscription.remove("a", change)]).toEqual([false, true]);
    expect(change).toEqual({ added: ["a"], removed: ["a"] });
    expect(subscription.isEmpty).toBe(true);
  });

  it("notes that a request has named a resource", () => {
    const subscription = new Subscription(() => undefined);
    expect(subscription.hasNamed).toBe(false);
    subscription.noteNames();
    expect(subscription.hasNamed).toBe(true);
  });

  it("has a collection for as long as one of its names is subscribed", () => {
    const subscription = new Subscription(collectionFor);
    const change = draft();
    for (const name of ["a", folder, `${folder}?b=1`]) subscription.add(name, change);
    expect(change).toEqual({ ...draft(), added: ["a", folder, `${folder}?b=1`], addedCollections: [folder] });
    const first = draft();
    subscription.remove(folder, first);
    expect([first, [...subscription.collections]]).toEqual([{ added: [], removed: [folder] }, [folder]]);
    const last = draft();
    subscription.remove(`${folder}?b=1`, last);
    expect(last).toEqual({ added: [], removed: [`${folder}?b=1`], removedCollections: [folder] });
    expect(subscription.collections.size).toBe(0);
  });

  it.each<[string, string[], boolean, string[]]>([
    ["no name", [], false, []],
    ["names", ["a"], false, ["a"]],
    ["a collection", [folder], false, ["xdstp://x/type/folder/b"]],
    ["the wildcard", [], true, ["a", "xdstp://x/type/folder/b", "xdstp://x/type/other/c"]],
  ])("of %s matches its resources", (_, names, wildcard, matched) => {
    const subscription = new Subscription(collectionFor);
    for (const name of names) subscription.add(name, draft());
    subscription.setWildcard(wildcard);
    const all = ["a", "xdstp://x/type/folder/b", "xdstp://x/type/other/c"];
    expect(all.filter((name) => subscription.matches(name))).toEqual(matched);
    expect(subscription.isEmpty).toBe(names.length === 0 && !wildcard);
  });

  it.each([
    [{ ...draft(), wildcardChanged: false }, false],
    [{ ...draft(), added: ["a"], wildcardChanged: false }, true],
    [{ ...draft(), removed: ["a"], wildcardChanged: false }, true],
    [{ ...draft(), wildcardChanged: true }, true],
  ])("of the change %o is followed by a cache: %s", (update, followed) => expect(isChange(update)).toBe(followed));
});

describe.each(["sotw", "delta"] as const)("the request of a watch (%s)", (variant) => {
  it("shows a cache the node, the type and the subscription, and nothing else of the stream", () => {
    const inner = new SnapshotCache();
    inner.setSnapshot("node", snapshotOf({ RDS: { a: "1", b: "1" } }));
    const requests: WatchRequest[] = [];
    const cache: Cache = { watch: (request, watcher) => (requests.push(request), inner.watch(request, watcher)) };
    const stream = new TestStream({ variant, cache });
    stream.subscribe("RDS", "a");
    const first = stream.next()!;
    const names = requests[0]!.subscription.names;
    stream.nack(first, "a");
    stream.subscribe("RDS", "a", "b");
    const second = stream.next()!;
    expect(requests.map((request) => Reflect.ownKeys(request).sort())).toEqual([["node", "subscription", "type"]]);
    const { type, node, subscription } = requests[0]!;
    expect([type, node.id]).toEqual([TYPES.RDS, "node"]);
    expect(Reflect.ownKeys(subscription).sort()).toEqual(["collections", "names", "wildcard"]);
    expect(subscription.names, "is live").toBe(names);
    expect([...names]).toEqual(["a", "b"]);
    const text = inspect(subscription, { showHidden: true, depth: 9 });
    expect(text).toContain("'b'");
    for (const { nonce, version, resources } of [first, second]) {
      for (const secret of [nonce, version, resources[0]!.version]) expect(text).not.toContain(`'${secret}'`);
    }
    expect(text).not.toMatch(/frame|nonce|version|view|Resource|Exchange|ClientState/i);
  });
});

describe("ClientNames", () => {
  const spelling = "xdstp://x/type/a?b=1&a=2";
  const normal = "xdstp://x/type/a?a=2&b=1";

  it.each([["a plain name", "a?b=1&a=2"], ["a name in its normal form", normal]])("spells %s as it is", (_, name) => {
    const names = new ClientNames(false);
    expect([names.remember(name), names.normal(name), names.spelled(name)]).toEqual([name, name, name]);
    expect(names.hasOwnSpellings).toBe(false);
  });

  it("spells a name as the client does, until it is forgotten", () => {
    const names = new ClientNames(false);
    expect([names.remember(spelling), names.remember(spelling), names.spelled(normal)]).toEqual([
      normal,
      normal,
      spelling,
    ]);
    expect(names.hasOwnSpellings).toBe(true);
    expect(names.spelledResource(make("RDS", normal, "1")).name).toBe(spelling);
    names.forget(normal);
    expect([names.spelled(normal), names.hasOwnSpellings]).toEqual([normal, false]);
  });

  it("spells a name as the client did last", () => {
    const names = new ClientNames(false);
    names.remember(spelling);
    names.remember(normal);
    expect([names.spelled(normal), names.hasOwnSpellings]).toEqual([normal, false]);
  });

  it("does not remember a name that is only looked up", () => {
    const names = new ClientNames(false);
    expect([names.normal(spelling), names.hasOwnSpellings]).toEqual([normal, false]);
  });

  it("has no normal form of names that are aliases", () => {
    const names = new ClientNames(true);
    expect([names.remember(spelling), names.normal(spelling)]).toEqual([spelling, spelling]);
  });

  it("copies no resource that the client does not spell otherwise", () => {
    const resource = make("RDS", "a", "1");
    expect(new ClientNames(false).spelledResource(resource)).toBe(resource);
  });
});
