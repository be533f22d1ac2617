import { describe, expect, it } from "vitest";
import { LinearCache, type View } from "../../mod.ts";
import { AliasTargets } from "../../src/stream/alias-targets.ts";
import { ChangeSet } from "../../src/stream/change-set.ts";
import { ClientState } from "../../src/stream/client-state.ts";
import type { Diff } from "../../src/stream/diff.ts";
import { NONE_WITHHELD, oldestOf, WithheldDraft } from "../../src/stream/withheld-removals.ts";
import { TYPES } from "../protocol/transcript.ts";
import { make, responseOf } from "./make.ts";

const removal = (since: number) => ({ since, resource: undefined });

describe("WithheldDraft", () => {
  it("leaves the removals as they were, and those that are withheld already keep their time", () => {
    const before = new Map([["a", removal(1)], ["b", removal(2)]]);
    const draft = new WithheldDraft(before);
    draft.add("a", removal(9));
    expect(draft.result, "is the same without a change").toBe(before);
    draft.add("c", removal(3));
    draft.remove("b");
    expect([...draft.result]).toEqual([["a", removal(1)], ["c", removal(3)]]);
    expect([draft.has("b"), draft.has("c")]).toEqual([false, true]);
    expect([...before.keys()]).toEqual(["a", "b"]);
  });

  it("is the same for all without removals", () => {
    const draft = new WithheldDraft(new Map([["a", removal(1)]]));
    draft.remove("a");
    expect(draft.result).toBe(NONE_WITHHELD);
  });

  it("has the oldest removal first", () => {
    expect(oldestOf(NONE_WITHHELD)).toBeUndefined();
    expect(oldestOf(new Map([["b", removal(1)], ["a", removal(2)]]))).toBe(1);
  });
});

describe("AliasTargets", () => {
  it("finds targets by alias, and aliases by target", () => {
    const targets = new AliasTargets();
    for (const [alias, resource] of [["a", "r"], ["b", "r"], ["c", "s"], ["a", "s"]] as const) {
      targets.set(alias, resource);
    }
    expect(["a", "b", "c", "d"].map((alias) => targets.get(alias))).toEqual(["s", "r", "s", undefined]);
    expect([...targets.of("r")]).toEqual(["b"]);
    expect([...targets.of("s")].sort()).toEqual(["a", "c"]);
    targets.set("b", undefined);
    expect([targets.get("b"), targets.of("r").size]).toEqual([undefined, 0]);
  });
});

describe("ChangeSet", () => {
  it("sorts changes out, as the same lists for the same changes", () => {
    const a = make("RDS", "a", "1");
    const changes = new Map([["a", a], ["b", undefined]]);
    const { present, removed } = ChangeSet.of(changes);
    expect([present, removed]).toEqual([[a], ["b"]]);
    expect(ChangeSet.of(changes).present).toBe(present);
    expect(ChangeSet.of(changes).removed).toBe(removed);
  });
});

describe("ClientState", () => {
  const view = viewOf("a", "b", "c");
  const matches = () => true;
  const diffOf = (diff: Partial<Diff> = {}): Diff => ({ response: undefined, withheld: NONE_WITHHELD, ...diff });
  const namesOf = ({ pending }: ClientState) => [...pending.names];

  it("is at the view's revision once a difference is committed, and waits for nothing", () => {
    const state = new ClientState();
    state.resume(new Map([["a", "1"]]));
    state.request("a");
    state.requestAll();
    expect(state.position).toBeUndefined();
    const withheld = new Map([["x", removal(1)]]);
    state.commit(view, diffOf({ withheld, loading: ["a"] }), undefined);
    expect(state.position).toBe(view.revision);
    expect([state.pending.isEmpty, state.held.size, state.withheld]).toEqual([true, 0, withheld]);
    state.loaded();
    expect(namesOf(state), "the cache has loaded it").toEqual(["a"]);
  });

  it.each<["keeps" | "forgets", string, (state: ClientState) => void]>([
    ["forgets", "a request", (state) => state.request("a")],
    ["keeps", "a request of what is not held", (state) => state.requestUnlessHeld("a")],
    ["forgets", "a request of all", (state) => state.requestAll()],
    ["keeps", "a request of all that is not held", (state) => state.requestAllUnlessHeld()],
  ])("%s the versions of an earlier stream after %s", (verb, _, request) => {
    const state = new ClientState();
    state.resume(new Map([["a", "1"]]));
    request(state);
    expect([state.held.includes("a", "1"), state.pending.isEmpty]).toEqual([verb === "keeps", false]);
  });

  it("carries rejected names until the ACK of the response that carried them", () => {
    const state = new ClientState();
    state.nacked(responseOf(1, ["a", "b"]));
    state.commit(view, diffOf(), responseOf(2, ["c"]));
    state.acked(responseOf(2, ["c"]));
    expect([...state.rejected.names]).toEqual(["a", "b"]);
    state.commit(view, diffOf({ carriesRejected: true }), responseOf(3, ["c"]));
    expect([...state.rejected.names], "not before the ACK").toEqual(["a", "b"]);
    state.acked(responseOf(3, ["c"]));
    expect([...state.rejected.names]).toEqual([]);
  });

  it("forgets what concerns names that are no longer subscribed", () => {
    const state = new ClientState();
    state.nacked(responseOf(1, ["a", "b", "c"]));
    state.commit(
      view,
      diffOf({ withheld: new Map([["x", removal(1)], ["y", removal(1)], ["z", removal(1)]]) }),
      undefined,
    );
    for (const name of ["a", "b", "c"]) state.request(name);
    state.cancel("a");
    for (const name of ["a", "x"]) state.forget(name);
    expect([namesOf(state), [...state.withheld.keys()], [...state.rejected.names]]).toEqual([
      ["b", "c"],
      ["y", "z"],
      ["b", "c"],
    ]);
    state.retain({ requestable: (name) => name === "c", matches: (name) => name === "b" || name === "y" });
    expect([namesOf(state), [...state.withheld.keys()], [...state.rejected.names]]).toEqual([["c"], ["y"], ["b"]]);
  });

  it("compares everything with another view, by the versions that it is known to hold", () => {
    const state = new ClientState();
    state.commit(view, diffOf({ withheld: new Map([["x", removal(1)]]) }), undefined);
    state.nacked(responseOf(1, ["b"]));
    state.request("c");
    state.rebase(view, { wildcard: true, names: ["d"], matches });
    expect([state.position, state.withheld.size, state.rejected.names.size]).toEqual([undefined, 0, 0]);
    expect([state.pending.all, namesOf(state)]).toEqual([true, ["c", "d"]]);
    expect([...state.held.names].sort()).toEqual(["a", "b", "c", "x"]);
    const versions = ["a", "b", "c"].map((name) => state.held.includes(name, view.get(name)!.version));
    expect(versions, "a rejected or requested name is held in an unknown version").toEqual([true, false, false]);
  });

  it("holds no versions of another view where it was sent nothing, or versions mean nothing to the client", () => {
    const [fresh, sotw] = [new ClientState(), new ClientState()];
    fresh.rebase(view, { wildcard: true, names: [], matches });
    sotw.commit(view, diffOf(), undefined);
    sotw.rebase(undefined, { wildcard: true, names: [], matches });
    expect([fresh.held.size, sotw.held.size]).toEqual([0, 0]);
  });

  it("has the targets of aliases that were committed, until they are unsubscribed", () => {
    const state = new ClientState();
    state.commit(view, diffOf({ aliases: new Map([["alias", "a"]]) }), undefined);
    expect([state.aliases.get("alias"), state.dropAlias("alias"), state.dropAlias("alias")]).toEqual([
      "a",
      "a",
      undefined,
    ]);
    expect(new ClientState().aliases.get("alias")).toBeUndefined();
  });
});

function viewOf(...names: string[]): View {
  const cache = new LinearCache(TYPES.RDS, { resources: names.map((name) => make("RDS", name, "1")) });
  let view: View | undefined;
  const subscription = { wildcard: true, names: new Set<string>() };
  cache.watch({ node: { id: "node" } as never, type: TYPES.RDS, subscription }, (each) => view = each);
  return view!;
}
