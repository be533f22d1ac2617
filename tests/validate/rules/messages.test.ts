import { create } from "@bufbuild/protobuf";
import { type Any, anyPack, AnySchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { checkRules } from "../../../src/validate/rules/check-rules.ts";
import * as kinds from "../../differential/validate-all/kinds/kinds_pb.ts";
import { broken, brokenAt } from "./broken.ts";

const { DurationKindsSchema, MapKindsSchema, MessageKindsSchema, RepeatedKindsSchema, WrapperKindsSchema } = kinds;
const choice = { case: "b", value: "ok" } as const;

describe("checkRules()", () => {
  it.each([
    ["plain", {}, ["plain.name string.min_len"]],
    ["plain", { name: "a" }, []],
    ["required", undefined, ["required message.required"]],
    ["required", {}, ["required.name string.min_len"]],
    ["skip", {}, []],
    ["skip_and_required", undefined, ["skip_and_required message.required"]],
    ["skip_and_required", {}, []],
    ["optional", undefined, []],
    ["items", [{ name: "a" }, {}], ["items[1].name string.min_len"]],
    ["skipped_items", [{}], []],
    ["values", { "a.b": {} }, ['values["a.b"].name string.min_len']],
    ["skipped_values", { a: {} }, []],
    ["disabled", {}, []],
    ["ignored", {}, []],
  ])("%s of a message with %o", (field, value, expected) => {
    const name = field.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const found = broken(MessageKindsSchema, { requiredChoice: choice, [name]: value });
    expect(found.filter((each) => each.split(/[ .[]/)[0] === field)).toEqual(expected);
  });

  it("follows types that contain themselves", () => {
    const inner = { required: { name: "a" }, skipAndRequired: {}, requiredChoice: choice, plain: {} };
    const found = broken(MessageKindsSchema, {
      ...inner,
      plain: { name: "a" },
      recursive: { ...inner, recursive: inner },
    });
    expect(found).toEqual(["recursive.plain.name string.min_len", "recursive.recursive.plain.name string.min_len"]);
  });

  it("has the rules of members of a oneof for the one that is chosen only", () => {
    const found = (requiredChoice: object) => {
      const init = { required: { name: "a" }, skipAndRequired: {}, requiredChoice: requiredChoice as never };
      return broken(MessageKindsSchema, init);
    };
    expect(found({ case: undefined })).toEqual(["required_choice oneof.required"]);
    expect(found({ case: "a", value: {} })).toEqual(["a.name string.min_len"]);
    expect(found({ case: "b", value: "x" })).toEqual(["b string.min_len"]);
    expect(found({ case: "c", value: { value: 4 } })).toEqual(["c uint32.gte"]);
    expect(found({ case: "c", value: { value: 5 } })).toEqual([]);
  });

  it.each([
    ["number", undefined, []],
    ["number", 5, []],
    ["number", 4, ["uint32.gte"]],
    ["required", undefined, ["message.required"]],
    ["required", 0, ["uint32.gte"]],
    ["just_required", undefined, ["message.required"]],
    ["just_required", 0, []],
    ["text", "a", ["string.min_len"]],
    ["flag", false, ["bool.const"]],
    ["long", 5n, ["int64.gt"]],
    ["data", new Uint8Array(3), ["bytes.max_len"]],
    ["ignore_empty", 0, []],
  ])("has the rules of %s for the value in its wrapper: %s", (field, value, expected) => {
    expect(brokenAt(WrapperKindsSchema, field, value)).toEqual(expected);
  });

  it.each([
    ["required", undefined, ["duration.required"]],
    ["lt", { seconds: 5n }, ["duration.lt"]],
    ["lt", { seconds: 4n, nanos: 999_999_999 }, []],
    ["gte", { seconds: 5n, nanos: 6 }, ["duration.gte"]],
    ["gte", { seconds: 5n, nanos: 7 }, []],
    ["gte", { seconds: 6n, nanos: -1 }, ["duration.valid"]],
    ["gte", { seconds: 315_576_000_001n }, ["duration.valid"]],
    ["required", { seconds: 6n, nanos: -1 }, []],
    ["outside", { seconds: 6n }, ["duration.range"]],
    ["in", { seconds: 2n }, []],
    ["in", { seconds: 2n, nanos: 1 }, ["duration.in"]],
    ["not_in", {}, ["duration.not_in"]],
    ["const", { seconds: 5n, nanos: 1 }, ["duration.const"]],
  ])("a duration's field %s with %o breaks %o", (field, value, expected) => {
    expect(brokenAt(DurationKindsSchema, field, value)).toEqual(expected);
  });

  it.each([
    ["min_items", ["a"], ["repeated.min_items"]],
    ["max_items", ["a", "b", "c"], ["repeated.max_items"]],
    ["exact_items", ["a"], ["repeated.min_items"]],
    ["no_items", ["a"], ["repeated.max_items"]],
    ["unique", ["a", "b", "a", "a"], ["repeated.unique", "repeated.unique"]],
    ["ignore_empty", [], []],
    ["ignore_empty", ["a"], ["repeated.min_items"]],
    ["items", ["a", "aaaa", "b"], ["string.max_len", "string.pattern"]],
  ])("a list's field %s with %o breaks %o", (field, value, expected) => {
    expect(brokenAt(RepeatedKindsSchema, field, value)).toEqual(expected);
  });

  it("names the items of a list, and the keys of a map as what they are", () => {
    expect(
      broken(RepeatedKindsSchema, { minItems: ["", ""], exactItems: ["", ""], bothItems: [""], unique: ["a", "a"] }),
    )
      .toEqual(["unique[1] repeated.unique"]);
    const map = { minPairs: { a: "", b: "" }, exactPairs: { a: "", b: "" } };
    expect(broken(MapKindsSchema, { ...map, keys: { a: "", ab: "" } })).toEqual(['keys["a"] map.keys.string.min_len']);
    expect(broken(MapKindsSchema, { ...map, intKeys: { 2: "" } })).toEqual(["int_keys[2] map.keys.int32.gt"]);
    expect(broken(MapKindsSchema, { ...map, longKeys: { "2": "" } })).toEqual(["long_keys[2] map.keys.uint64.gt"]);
    expect(broken(MapKindsSchema, { ...map, values: { a: 2 } })).toEqual(['values["a"] uint32.gt']);
    expect(broken(MapKindsSchema, {})).toEqual(["min_pairs map.min_pairs", "exact_pairs map.min_pairs"]);
  });
});

describe("checkRules() in an Any", () => {
  const cluster = (any: Any) => create(ClusterSchema, { name: "a", typedExtensionProtocolOptions: { x: any } });
  const pathOf = (rest: string, type = "envoy.config.cluster.v3.Cluster") => {
    return `typed_extension_protocol_options["x"]${type && `[type.googleapis.com/${type}]`}${rest}`;
  };

  it("checks messages of known types, at any depth", () => {
    const inner = cluster(anyPack(ClusterSchema, create(ClusterSchema)));
    const found = checkRules(ClusterSchema, cluster(anyPack(ClusterSchema, inner)));
    expect(found.map(({ path, rule }) => [path, rule])).toEqual([[pathOf(`.${pathOf(".name")}`), "string.min_len"]]);
  });

  it("skips unknown types", () => {
    const message = cluster(create(AnySchema, { typeUrl: "type.googleapis.com/a.B", value: Uint8Array.of(1) }));
    expect(checkRules(ClusterSchema, message)).toEqual([]);
  });

  it.each([2, 500])("finds %i bytes that are not of the type", (length) => {
    const typeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    const found = checkRules(
      ClusterSchema,
      cluster(create(AnySchema, { typeUrl, value: new Uint8Array(length).fill(255) })),
    );
    expect(found).toMatchObject([{ rule: "any.unreadable", severity: "error", path: pathOf("", "") }]);
  });

  it("does not take a short content for that of another type", () => {
    const typeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    const other = "ype.googleapis.com/envoy.config.cluster.v3.Cluster";
    expect(checkRules(ClusterSchema, cluster(create(AnySchema, { typeUrl })))).toHaveLength(1);
    const found = checkRules(ClusterSchema, cluster(create(AnySchema, { typeUrl: other, value: Uint8Array.of(116) })));
    expect(found.map(({ rule }) => rule)).toEqual(["any.unreadable"]);
  });

  it("ends where they are nested too deeply", () => {
    let message = create(ClusterSchema, { name: "a" });
    for (let i = 0; i < 600; i++) message = cluster(anyPack(ClusterSchema, message));
    expect(checkRules(ClusterSchema, message).map(({ rule }) => rule)).toEqual(["any.too_deep"]);
  });
});
