import type { JsonValue } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type Problem, validate } from "../../src/validate/mod.ts";
import { any, resourceOf } from "./mistakes/json.ts";
import { manager, router, socket } from "./mistakes/parts.ts";

const HTTP = "envoy.extensions.filters.http";
const AUTHZ = `${HTTP}.ext_authz.v3.ExtAuthz`;
const BUFFER = `${HTTP}.buffer.v3.Buffer`;
const COMPRESSOR = `${HTTP}.compressor.v3.Compressor`;
const GZIP = "type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip";
const service = (cluster: string) => ({ envoy_grpc: { cluster_name: cluster } });

/** The problems of a listener with a filter whose configuration is JSON in a message. */
function problemsOf(type: string, value: JsonValue, wrapper = "xds.type.v3.TypedStruct"): Problem[] {
  const struct = any(wrapper, { type_url: `type.googleapis.com/${type}`, value });
  const filters = [{ name: "a", typed_config: struct }, router()];
  const chain = { filters: [manager({ stat_prefix: "a", route_config: { name: "a" }, http_filters: filters })] };
  const listener = { name: "l", address: socket("127.0.0.1", 80), filter_chains: [chain] };
  return validate([resourceOf("envoy.config.listener.v3.Listener", "l", listener)]);
}

function rulesOf(...args: Parameters<typeof problemsOf>): string[] {
  return problemsOf(...args).map(({ severity, rule }) => `${severity} ${rule}`);
}

describe("validate(), of a TypedStruct", () => {
  it.each(["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"])("finds broken rules in %s, and where", (wrapper) => {
    const [problem, ...others] = problemsOf(BUFFER, { max_request_bytes: 0 }, wrapper);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: "error", rule: "uint32.gt", value: "0" });
    const path = `http_filters[0].typed_config[type.googleapis.com/${wrapper}].value[type.googleapis.com/${BUFFER}]`;
    expect(problem!.path.endsWith(`${path}.max_request_bytes`)).toBe(true);
  });

  it("finds references in it", () => {
    const value = { transport_api_version: "V3", grpc_service: service("nowhere") };
    expect(problemsOf(AUTHZ, value)).toMatchObject([{ rule: "reference.cluster", value: "nowhere" }]);
  });

  it("finds what is wrong in an Any in it, and in a TypedStruct in that", () => {
    const library = (config: JsonValue) => ({ compressor_library: { name: "gzip", typed_config: config } });
    expect(rulesOf(COMPRESSOR, library({ "@type": GZIP, window_bits: 3 }))).toEqual(["error uint32.gte"]);
    const struct = any("xds.type.v3.TypedStruct", { type_url: GZIP, value: { window_bits: 3 } });
    expect(rulesOf(COMPRESSOR, library(struct))).toEqual(["error uint32.gte"]);
  });

  it.each([
    ["the name of an enum value in small letters", AUTHZ, { transport_api_version: "v3", grpc_service: service("a") }],
    ["the number of one", AUTHZ, { transport_api_version: 2, grpc_service: service("a") }],
    ["a text for a boolean", AUTHZ, {
      failure_mode_allow: "true",
      transport_api_version: "V3",
      grpcService: service("a"),
    }],
    ["a text for a number", BUFFER, { max_request_bytes: "5" }],
    ["a name in camel case", BUFFER, { maxRequestBytes: 5 }],
    ["one item for a list", `${HTTP}.health_check.v3.HealthCheck`, {
      pass_through_mode: false,
      headers: { name: ":path", string_match: { exact: "/" } },
    }],
    ["a type that is not known in it", COMPRESSOR, {
      compressor_library: { name: "a", typed_config: { "@type": "type.googleapis.com/my.Library", a: 1 } },
    }],
  ])("takes %s, as Envoy does", (_, type, value) => {
    expect(rulesOf(type, value).filter((each) => each !== "warning reference.cluster")).toEqual([]);
  });

  it.each([
    ["a number of another size", BUFFER, { max_request_bytes: 5e10 }],
    ["a list for a message", AUTHZ, { allowed_headers: [] }],
    ["a duration in milliseconds", AUTHZ, { grpc_service: { ...service("a"), timeout: "500ms" } }],
    ["two members of a oneof", AUTHZ, { grpc_service: { ...service("a"), google_grpc: { target_uri: "a" } } }],
  ])("finds %s", (_, type, value) => {
    expect(rulesOf(type, value)).toEqual(["error typed_struct.value"]);
  });

  it("warns of what clients skip", () => {
    expect(rulesOf(BUFFER, { max_request_bytes: 5, max: 1 })).toEqual(["warning typed_struct.value"]);
    expect(rulesOf(AUTHZ, { transport_api_version: "V9", grpc_service: service("a") }))
      .toContain("warning typed_struct.value");
  });

  it("shows no value of what cannot be read", () => {
    const [problem] = problemsOf(BUFFER, { max_request_bytes: "canary" });
    expect(problem).toMatchObject({ rule: "typed_struct.value" });
    expect(JSON.stringify(problem)).not.toContain("canary");
    expect(JSON.stringify(problemsOf(BUFFER, { canary: 1, max_request_bytes: 1 }))).not.toContain("canary");
  });

  it("warns of a type that is not known, with the likely name", () => {
    expect(problemsOf(`${HTTP}.buffer.v3.Bufer`, {})).toMatchObject([{
      severity: "warning",
      rule: "extension.type",
      hint: `Did you mean "${BUFFER}"?`,
    }]);
  });
});
