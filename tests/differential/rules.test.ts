import type { DescMessage } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allTypes } from "./rules/all-types.ts";
import { compareRules } from "./rules/compare.ts";
import { DIFFERENCES } from "./rules/differences.ts";
import { explain } from "./rules/explain.ts";
import { inventoryOf } from "./rules/inventory.ts";
import * as kinds from "./validate-all/kinds/kinds_pb.ts";
import { GoValidator } from "./validate-all.ts";

const MESSAGES = 8_000;

let go: GoValidator;
beforeAll(() => void (go = new GoValidator()), 900_000);
afterAll(() => go?.stop());

describe("checkRules() finds what Go's ValidateAll() does", () => {
  it("in messages of all types of the API", async () => {
    const types = [...(await allTypes()).values()];
    const result = await compareRules(go, types, { messages: MESSAGES, seed: 1 });
    const { disagreements, compared, valid, broken, unknown } = result;
    expect(explain(disagreements).unexplained).toEqual([]);
    expect([...unknown].filter((name) => /^(envoy|udpa|xds)\./.test(name))).toEqual([]);
    expect(compared).toBeGreaterThan(MESSAGES * 0.9);
    expect(valid / compared).toBeGreaterThan(0.3);
    const rules = inventoryOf(types);
    expect(rules.filter(({ what }) => broken.has(what)).length / rules.length).toBeGreaterThan(0.75);
  }, 300_000);

  it("but for the listed differences, each of which there is", async () => {
    const all = await allTypes();
    const types = [...new Set(DIFFERENCES.map(({ type }) => type))].map((type) => all.get(type)!);
    const { disagreements } = await compareRules(go, types, { messages: 1_200, seed: 3 });
    const { unexplained, stale } = explain(disagreements);
    expect(unexplained).toEqual([]);
    expect(stale, "no longer differs: take it off the list").toEqual([]);
  }, 300_000);

  it("in messages with every kind of rule that there is", async () => {
    const types = Object.values(kinds).filter((value) => "kind" in value && value.kind === "message") as DescMessage[];
    const { disagreements, broken, unknown } = await compareRules(go, types, { messages: MESSAGES, seed: 2 });
    expect(disagreements).toEqual([]);
    // It has `validate.ignored`, so that Go makes no code for it.
    expect([...unknown]).toEqual(["kinds.Ignored"]);
    const unbroken = inventoryOf(types).filter(({ what }) => !broken.has(what));
    expect(unbroken.map(({ what }) => what)).toEqual(UNBREAKABLE);
  }, 300_000);
});

/** Rules that no message on the wire can break, and those of types that are exempt. */
const UNBREAKABLE = [
  "kinds.MessageKinds.optional required",
  "kinds.MessageKinds.a required",
  "kinds.Disabled.name length",
  "kinds.Ignored.name length",
  "kinds.MapKinds.no_sparse no_sparse",
];
