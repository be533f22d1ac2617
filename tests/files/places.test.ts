import { describe, expect, it } from "vitest";
import { problemText, readDocument, validatePlaced } from "../../src/files/mod.ts";
import { validate } from "../../src/validate/mod.ts";

const TEXT = `static_resources:
  listeners:
  - name: l
    filterChains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: x
          route_config:
            name: r
            virtual_hosts:
            - name: v
              domains: ["*"]
              typed_per_filter_config:
                "a.b": { "@type": type.googleapis.com/google.protobuf.Duration, value: 1s }
              routes:
              - match: { prefix: / }
                route: { cluster: missing }
`;

const HCM = "filter_chains[0].filters[0].typed_config" +
  "[type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager]";
const BASE = "static_resources.listeners[0].filterChains[0].filters[0].typed_config";

describe("PlacedResource.placeOf()", () => {
  const [listener] = readDocument(TEXT, { file: "l.yaml" }).resources;

  it.each([
    ["", 3, 5, "static_resources.listeners[0]"],
    ["name", 3, 11, "static_resources.listeners[0].name"],
    ["filter_chains[0].filters[0].name", 6, 15, "static_resources.listeners[0].filterChains[0].filters[0].name"],
    [`${HCM}.route_config.virtual_hosts[0].domains[0]`, 14, 25, `${BASE}.route_config.virtual_hosts[0].domains[0]`],
    [
      `${HCM}.route_config.virtual_hosts[0].typed_per_filter_config["a.b"][type.googleapis.com/google.protobuf.Duration]`,
      16,
      17,
      `${BASE}.route_config.virtual_hosts[0].typed_per_filter_config["a.b"]`,
    ],
    [`${HCM}.http_filters[3].name`, 7, 9, BASE],
    ["address.socket_address", 3, 5, "static_resources.listeners[0]"],
  ])("finds %s", (path, line, column, full) => {
    expect(listener!.placeOf(path)).toEqual({ file: "l.yaml", line, column, path: full });
  });

  it("finds the place of each problem of validate()", () => {
    const problems = validate([listener!.resource]).filter(({ rule }) => rule === "reference.cluster");
    expect(problems.map(({ path }) => listener!.placeOf(path))).toEqual([
      { file: "l.yaml", line: 19, column: 35, path: `${BASE}.route_config.virtual_hosts[0].routes[0].route.cluster` },
    ]);
  });

  it("finds places in JSON as well", () => {
    const text = '[\n  { "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",\n    "name": "a" } ]';
    const [cluster] = readDocument(text, { file: "c.json" }).resources;
    expect(cluster!.place).toEqual({ file: "c.json", line: 2, column: 3 });
    expect(cluster!.placeOf("name")).toEqual({ file: "c.json", line: 3, column: 13, path: "[0].name" });
  });
});

describe("the option expand", () => {
  const expand = (text: string) =>
    text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      if (name === "MISSING") throw new Error(`The variable ${name} is not set`);
      return { PORT: "8080", ON: "yes", NAME: "a" }[name] ?? "";
    });
  const text = (line: string) =>
    `"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\nname: \${NAME}\n${line}\n`;

  it("replaces strings, and reads what is plain anew", () => {
    const { resources, problems } = readDocument(
      text(
        'per_connection_buffer_limit_bytes: ${PORT}\nignore_health_on_host_removal: ${ON}\nalt_stat_name: "${PORT}"',
      ),
      { expand },
    );
    expect(problems).toEqual([]);
    expect(resources[0]!.resource.toJson()).toMatchObject({
      name: "a",
      per_connection_buffer_limit_bytes: 8080,
      ignore_health_on_host_removal: true,
      alt_stat_name: "8080",
    });
  });

  it("makes a problem of an error", () => {
    expect(readDocument(text("alt_stat_name: x${MISSING}"), { file: "x", expand }).problems.map(problemText)).toEqual([
      "x:3:16 alt_stat_name: The variable MISSING is not set",
    ]);
  });
});

describe("the limits of readDocument()", () => {
  const problemsOf = (text: string, format: "json" | "yaml") => readDocument(text, { format }).problems;

  it.each(["json", "yaml"] as const)("%s: depth", (format) => {
    for (const depth of [300, 100_000]) {
      for (const text of ["[".repeat(depth), "[".repeat(depth) + "]".repeat(depth), '{"a":'.repeat(depth)]) {
        const [first, ...more] = problemsOf(text, format);
        expect(first!.message).toMatch(/nested more than 200 levels deep|^Not YAML: Flow/);
        expect(more).toEqual([]);
      }
    }
  });

  it("aliases that stand for a million values", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`);
    const problems = problemsOf(`a0: &a0 x\n${levels.join("\n")}\n`, "yaml");
    expect(problems[0]!.message).toBe("Aliases stand for more than 200000 values");
  });

  it("an alias of itself", () => {
    expect(problemsOf("&a [*a]", "yaml")[0]!.message).toBe("An alias must stand for what was written before it");
  });

  it("a document of more than 10 million characters of YAML, 100 million of JSON", () => {
    expect(problemsOf(" ".repeat(10_000_001), "yaml").map(problemText)).toEqual([
      "1:1: The document has more than 10000000 characters; several files, or one of JSON, may have more",
    ]);
    expect(problemsOf(" ".repeat(100_000_001), "json")[0]!.message).toBe(
      "The document has more than 100000000 characters",
    );
  });

  it("the number of problems", () => {
    const text = `resources: [${"{ a: b }, ".repeat(5_000)}]`;
    expect(problemsOf(text, "yaml")).toHaveLength(1_000);
  });
});

describe("a string that cannot be expanded", () => {
  it("is one problem, whatever it stands for", () => {
    const text = `"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
name: a
connect_timeout: "\${A}"
per_connection_buffer_limit_bytes: "\${A}"
type: "\${A}"
lb_policy: NONE
`;
    const expand = () => {
      throw new Error("A is not set");
    };
    expect(readDocument(text, { expand }).problems.map(({ line, message }) => [line, message])).toEqual([
      [3, "A is not set"],
      [4, "A is not set"],
      [5, "A is not set"],
      [6, expect.stringContaining('Unknown value "NONE"')],
    ]);
  });
});

describe("validatePlaced()", () => {
  const CLUSTERS = [{
    name: "a",
    type: "EDS",
    eds_cluster_config: { eds_config: { ads: {}, resource_api_version: "V3" } },
  }, { name: "xds", type: "STATIC", load_assignment: { cluster_name: "xds" } }];
  const bootstrap = (rest: object) => ({
    node: { id: "n", cluster: "c" },
    static_resources: { clusters: CLUSTERS },
    ...rest,
  });
  const ADS = {
    api_type: "GRPC",
    transport_api_version: "V3",
    grpc_services: [{ envoy_grpc: { cluster_name: "xds" } }],
  };

  const referencesOf = (document: object) => {
    const { resources, problems } = readDocument(JSON.stringify(document), { file: "a.json" });
    expect(problems).toEqual([]);
    const found = validatePlaced(resources, { rules: { reference: "error" } });
    return found.filter(({ rule }) => rule.startsWith("reference.")).map(({ severity, hint }) => [severity, hint]);
  };

  it("warns of what a bootstrap's control plane may have, since Envoy accepts it", () => {
    expect(referencesOf(bootstrap({ dynamic_resources: { ads_config: ADS } }))).toEqual([
      ["warning", "the control plane of this bootstrap may have it, and these files do not"],
    ]);
    expect(referencesOf(bootstrap({}))).toEqual([["error", undefined]]);
  });

  it("says how a dump has endpoints", () => {
    const TYPE = "type.googleapis.com/envoy";
    const cluster = { "@type": `${TYPE}.config.cluster.v3.Cluster`, ...CLUSTERS[0] };
    const clusters = { "@type": `${TYPE}.admin.v3.ClustersConfigDump`, dynamic_active_clusters: [{ cluster }] };
    const endpoints = { "@type": `${TYPE}.admin.v3.EndpointsConfigDump` };
    expect(referencesOf({ configs: [clusters] })).toEqual([
      ["error", "Envoy's admin interface gives the endpoints, too: /config_dump?include_eds"],
    ]);
    expect(referencesOf({ configs: [clusters, endpoints] })).toEqual([["error", undefined]]);
  });
});
