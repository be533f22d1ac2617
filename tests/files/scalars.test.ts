import { describe, expect, it } from "vitest";
import { readDocument, resourcesFromJson } from "../../src/files/mod.ts";
import { envoyTypes } from "../../src/files/mod.ts";

// What Envoy 1.40 reads, by `envoy --mode validate`: each of these rows was tried.

/** A field of a cluster as YAML, and what it is in JSON; undefined for what is refused. */
const SCALARS: readonly (readonly [string, unknown])[] = [
  ["per_connection_buffer_limit_bytes: 10", 10],
  ["per_connection_buffer_limit_bytes: +10", 10],
  ["per_connection_buffer_limit_bytes: 010", 8],
  ["per_connection_buffer_limit_bytes: 08", 8],
  ["per_connection_buffer_limit_bytes: 0x10", 16],
  ["per_connection_buffer_limit_bytes: 1.0", 1],
  ["per_connection_buffer_limit_bytes: 1e3", 1000],
  ['per_connection_buffer_limit_bytes: "10"', 10],
  ['per_connection_buffer_limit_bytes: "010"', 10],
  ['per_connection_buffer_limit_bytes: "0x10"', 16],
  ["per_connection_buffer_limit_bytes: { value: 10 }", 10],
  ['per_connection_buffer_limit_bytes: " 10"', undefined],
  ['per_connection_buffer_limit_bytes: ""', undefined],
  ["per_connection_buffer_limit_bytes: 1.5", undefined],
  ["per_connection_buffer_limit_bytes: 4294967296", undefined],
  ["ignore_health_on_host_removal: true", true],
  ["ignore_health_on_host_removal: Yes", true],
  ["ignore_health_on_host_removal: on", true],
  ["ignore_health_on_host_removal: y", true],
  ['ignore_health_on_host_removal: "true"', true],
  ['ignore_health_on_host_removal: "YES"', true],
  ['ignore_health_on_host_removal: "1"', true],
  ["ignore_health_on_host_removal: 1", undefined],
  ['ignore_health_on_host_removal: "on"', undefined],
  ["alt_stat_name: 1.0", "1.0"],
  ["alt_stat_name: 1.2.3.4", "1.2.3.4"],
  ["alt_stat_name: 2030-01-31", "2030-01-31"],
  ['alt_stat_name: "yes"', "yes"],
  ["alt_stat_name: |\n  two\n  lines", "two\nlines\n"],
  ["alt_stat_name: ~", undefined],
  ["lb_policy: random", "RANDOM"],
  ["lb_policy: 3", "RANDOM"],
  ['lb_policy: "3"', "RANDOM"],
  ["lb_policy: round-robin", undefined],
  ["cleanup_interval: 0.5s", "0.500s"],
  ["cleanup_interval: -1s", "-1s"],
  ["cleanup_interval: { seconds: 1 }", "1s"],
  ["cleanup_interval: .5s", undefined],
  ["cleanup_interval: 1.s", undefined],
  ["cleanup_interval: 0.1234567891s", undefined],
  ["cleanup_interval: 315576000001s", undefined],
  ["health_checks: { timeout: 1s }", [{ timeout: "1s" }]],
  ["metadata: { filter_metadata: { a: { x: [1, 1.5, yes, ~, 010] } } }", {
    filter_metadata: { a: { x: [1, "1.5", true, null, 8] } },
  }],
  ["common_lb_config: { healthy_panic_threshold: { value: .5 } }", { healthy_panic_threshold: { value: 0.5 } }],
  ['common_lb_config: { healthy_panic_threshold: { value: "nan" } }', { healthy_panic_threshold: { value: "NaN" } }],
  ["name: &n b\nalt_stat_name: *n", "b"],
  ["!ignore foo: &n b\nalt_stat_name: *n", "b"],
];

describe("readDocument()", () => {
  it.each(SCALARS)("reads %s as Envoy does: %j", (line, expected) => {
    const name = line.startsWith("name:") ? "" : "name: a\n";
    const { resources, problems } = readDocument(
      `"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\n${name}${line}\n`,
    );
    const field = /(\w+):/.exec(line.split("\n").at(line.includes("&n") ? -1 : 0)!)![1]!;
    expect(resources[0]?.resource.toJson(envoyTypes)[field]).toEqual(expected);
    expect(problems.length > 0).toBe(expected === undefined && !line.endsWith("~"));
  });

  it("reads integers of 64 bits exactly, in YAML, JSON and values", () => {
    const type = '"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"';
    const text = `{ ${type}, "cluster_name": "a", "policy": { "endpoint_stale_after": "1s" } }`;
    expect(readDocument(text, { format: "json" }).problems).toEqual([]);
    const range = (n: string) =>
      `{ "@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", "name": "a", "resource":
        { "@type": "type.googleapis.com/envoy.type.v3.Int64Range", "start": ${n} } }`;
    for (const format of ["json", "yaml"] as const) {
      const { resources } = readDocument(range("9007199254740993"), { format });
      expect(resources[0]!.resource.toJson(envoyTypes)).toMatchObject({ start: "9007199254740993" });
    }
    const value = { "@type": "type.googleapis.com/envoy.type.v3.Int64Range", start: 9007199254740993n };
    const wrapper = { "@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", name: "a", resource: value };
    expect(resourcesFromJson(wrapper)[0]!.toJson()).toMatchObject({ start: "9007199254740993" });
  });
});
