import { describe, expect, it } from "vitest";
import { HeldVersions } from "../../src/stream/held-versions.ts";
import { PendingNames } from "../../src/stream/pending-names.ts";
import { RejectedNames } from "../../src/stream/rejected-names.ts";
import { responseOf } from "./make.ts";

describe("PendingNames", () => {
  const stateOf = ({ names, all, everyCollection, isEmpty }: PendingNames) => ({
    names: [...names],
    all,
    everyCollection,
    isEmpty,
  });
  const EMPTY = { names: [], all: false, everyCollection: false, isEmpty: true };

  it.each<[string, (pending: PendingNames) => void, object]>([
    ["nothing", () => {}, EMPTY],
    ["a name", (pending) => pending.add("a"), { ...EMPTY, names: ["a"], isEmpty: false }],
    ["a name that was unsubscribed", (pending) => (pending.add("a"), pending.remove("a")), EMPTY],
    ["the wildcard", (pending) => pending.setAll(true), { ...EMPTY, all: true, isEmpty: false }],
    ["a wildcard that was unsubscribed", (pending) => (pending.setAll(true), pending.setAll(false)), EMPTY],
    ["every collection", (pending) => pending.addEveryCollection(), {
      ...EMPTY,
      everyCollection: true,
      isEmpty: false,
    }],
  ])("has %s", (_, change, state) => {
    const pending = new PendingNames();
    change(pending);
    expect(stateOf(pending)).toEqual(state);
    pending.served([]);
    expect(stateOf(pending), "once served").toEqual(EMPTY);
  });

  it("keeps the names that a condition holds for", () => {
    const pending = new PendingNames();
    for (const name of ["a", "b", "c"]) pending.add(name);
    pending.retain((name) => name !== "b");
    expect([...pending.names]).toEqual(["a", "c"]);
  });

  it("has names again that the cache was loading, unless they were unsubscribed", () => {
    const pending = new PendingNames();
    for (const name of ["a", "b", "c"]) pending.add(name);
    pending.served(["a", "b"]);
    expect(pending.isEmpty).toBe(true);
    pending.remove("b");
    pending.loaded();
    expect([...pending.names]).toEqual(["a"]);
    pending.served([]);
    pending.loaded();
    expect(pending.isEmpty, "they are loaded once").toBe(true);
  });
});

describe("HeldVersions", () => {
  const member = "xdstp://x/type/folder/a";
  const collection = "xdstp://x/type/folder/*";
  const versions = () => new HeldVersions(new Map([["a", "1"], ["b", undefined], [member, "1"]]));

  it("includes the versions that it has", () => {
    const held = versions();
    const included = [["a", "1"], ["a", "2"], ["b", "1"], ["c", "1"], [member, "1"]] as const;
    expect(included.map(([name, version]) => held.includes(name, version))).toEqual([true, false, false, false, true]);
  });

  it.each<[string, (held: HeldVersions) => void, [boolean, boolean]]>([
    ["a name", (held) => held.invalidate("a"), [false, true]],
    ["a member of a collection", (held) => held.invalidate(member), [true, false]],
    ["a collection", (held) => held.invalidate(collection), [true, false]],
    ["all names", (held) => held.invalidateAll(), [false, false]],
    ["another name", (held) => held.invalidate("c"), [true, true]],
  ])("includes no version of %s once invalidated, which stays held", (_, invalidate, included) => {
    const held = versions();
    invalidate(held);
    expect([held.includes("a", "1"), held.includes(member, "1")]).toEqual(included);
    expect([...held.names]).toEqual(["a", "b", member]);
  });
});

describe("RejectedNames", () => {
  type Events = (rejected: RejectedNames) => void;
  const first = responseOf(1, ["a", "b"], ["c"]);
  const second = responseOf(2, ["b", "d"]);

  it.each<[string, Events, string[]]>([
    ["no NACK", () => {}, []],
    ["a NACK", (each) => each.nacked(first), ["a", "b", "c"]],
    ["the ACK of another response", (each) => (each.nacked(first), each.acked(second)), ["a", "c"]],
    ["the ACK of one that carried them", (each) => (each.nacked(first), each.carried(second), each.acked(second)), []],
    ["the NACK of another", (each) => (each.nacked(first), each.nacked(second)), ["a", "b", "c", "d"]],
    ["the NACK of one that carried them", (each) => (each.nacked(first), each.carried(second), each.nacked(second)), [
      "b",
      "d",
    ]],
    ["an unsubscription", (each) => (each.nacked(first), each.forget("b")), ["a", "c"]],
  ])("has the names that are not settled after %s", (_, events, names) => {
    const rejected = new RejectedNames();
    events(rejected);
    expect([...rejected.names]).toEqual(names);
  });

  it("forgets which response carried them once another one is acknowledged", () => {
    const rejected = new RejectedNames();
    rejected.nacked(first);
    rejected.carried(second);
    rejected.acked(responseOf(3, ["a"]));
    rejected.acked(second);
    expect([...rejected.names]).toEqual(["c"]);
  });

  it("has a key that is equal after the same events, and after no others", () => {
    const keyAfter = (...events: Events[]) => {
      const rejected = new RejectedNames();
      for (const event of events) event(rejected);
      return rejected.key;
    };
    const nack = (each: RejectedNames) => each.nacked(first);
    const keys = [keyAfter(), keyAfter(nack), keyAfter(nack, (each) => each.acked(second))];
    expect(new Set(keys).size).toBe(3);
    expect(keyAfter(nack)).toBe(keys[1]);
    expect(keyAfter(nack, (each) => each.forget("a")), "an unsubscription is the client's own").toBeUndefined();
    expect(keyAfter(nack, (each) => each.forget("x"))).toBe(keys[1]);
  });

  it("has names in their normal form", () => {
    const rejected = new RejectedNames();
    rejected.nacked(responseOf(1, [], ["xdstp://x/type/a?b=1&a=2"]));
    expect([...rejected.names]).toEqual(["xdstp://x/type/a?a=2&b=1"]);
  });
});
