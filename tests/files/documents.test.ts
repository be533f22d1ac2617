import { create, createFileRegistry, createRegistry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { envoyTypes, readDocument, resourcesFromJson, resourcesFromYaml } from "../../src/files/mod.ts";
import { cluster } from "../../src/v3/mod.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const LISTENER = "type.googleapis.com/envoy.config.listener.v3.Listener";
const a = { "@type": CLUSTER, name: "a" };
const b = { "@type": CLUSTER, name: "b" };
const admin = "type.googleapis.com/envoy.admin.v3";

/** Documents by their shape, and the names of the resources in them. */
const SHAPES: readonly (readonly [string, unknown, readonly string[]])[] = [
  ["a resource", a, ["a"]],
  ["a list of resources", [a, b], ["a", "b"]],
  ["an empty list", [], []],
  ["what Envoy reads from files", { resources: [a, b] }, ["a", "b"]],
  ["the same with a version and a type", { version_info: "1", type_url: CLUSTER, resources: [a] }, ["a"]],
  ["the same in lowerCamelCase", { versionInfo: "1", typeUrl: CLUSTER, resources: [a] }, ["a"]],
  ["a DiscoveryResponse with @type", {
    "@type": "type.googleapis.com/envoy.service.discovery.v3.DiscoveryResponse",
    resources: [a],
  }, ["a"]],
  ["a resource that is wrapped", {
    resources: [{ "@type": "type.googleapis.com/envoy.service.discovery.v3.Resource", name: "c", resource: a }],
  }, ["c"]],
  ["a bootstrap", {
    static_resources: {
      clusters: [{ name: "a" }, { name: "b" }],
      listeners: [{ name: "l" }],
      secrets: [{ name: "s" }],
    },
  }, ["a", "b", "l", "s"]],
  ["a bootstrap without static resources", { node: { id: "x" }, admin: {} }, []],
  ["a bootstrap with @type in lowerCamelCase", {
    "@type": "type.googleapis.com/envoy.config.bootstrap.v3.Bootstrap",
    staticResources: { clusters: [{ name: "a" }] },
  }, ["a"]],
  ["a bootstrap with the clusters of control planes", {
    dynamic_resources: {
      ads_config: { api_type: "GRPC", grpc_services: { envoy_grpc: { cluster_name: "ads" } } },
      cds_config: { api_config_source: { api_type: "REST", cluster_names: ["rest"] } },
    },
    hds_config: { grpc_services: [{ envoy_grpc: { cluster_name: "hds" } }] },
    cluster_manager: { load_stats_config: { grpc_services: [{ envoy_grpc: { cluster_name: "lrs" } }] } },
    static_resources: { clusters: ["ads", "rest", "hds", "lrs", "a"].map((name) => ({ name })) },
  }, ["a"]],
  ["a bootstrap with listeners without names", {
    static_resources: {
      listeners: [
        { address: { socket_address: { address: "0.0.0.0", port_value: 80 } } },
        { address: { pipe: { path: "/x" } } },
      ],
    },
  }, ["listener_0.0.0.0_80", "listener_1"]],
  ["a config dump", {
    configs: [
      { "@type": `${admin}.BootstrapConfigDump`, bootstrap: { newer_than_this_version: 1 } },
      {
        "@type": `${admin}.ClustersConfigDump`,
        static_clusters: [{ cluster: a, last_updated: "x" }],
        dynamic_active_clusters: [{ cluster: b }],
        dynamic_warming_clusters: [{ cluster: { "@type": CLUSTER, name: "warming" } }],
      },
      {
        "@type": `${admin}.ListenersConfigDump`,
        dynamic_listeners: [
          { name: "l", active_state: { listener: { "@type": LISTENER, name: "l" } } },
          { name: "m", error_state: { failed_configuration: { "@type": LISTENER, name: "m" } } },
        ],
      },
      {
        "@type": `${admin}.RoutesConfigDump`,
        static_route_configs: [{
          route_config: { "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration" },
        }],
        dynamic_route_configs: [
          { route_config: { "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", name: "r" } },
        ],
      },
      {
        "@type": `${admin}.EndpointsConfigDump`,
        dynamic_endpoint_configs: [{
          endpoint_config: {
            "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
            cluster_name: "e",
          },
        }],
      },
    ],
  }, ["a", "b", "l", "r", "e"]],
  ["a config dump of an Envoy with a static cluster for ADS, in lowerCamelCase", {
    configs: [
      {
        "@type": `${admin}.BootstrapConfigDump`,
        bootstrap: { dynamicResources: { adsConfig: { grpcServices: [{ envoyGrpc: { clusterName: "a" } }] } } },
      },
      {
        "@type": `${admin}.ClustersConfigDump`,
        staticClusters: [{ cluster: a }],
        dynamicActiveClusters: [{ cluster: b }],
      },
    ],
  }, ["b"]],
  ["dumps of proxies by their names", {
    xds: { "ns/gw": { "@type": `${admin}.ClustersConfigDump`, dynamicActiveClusters: [{ cluster: a }] } },
  }, ["a"]],
];

describe("readDocument()", () => {
  it.each(SHAPES)("knows %s", (_, value, names) => {
    expect(resourcesFromJson(value).map(({ name }) => name)).toEqual(names);
    for (const format of ["json", "yaml"] as const) {
      const { resources, problems } = readDocument(JSON.stringify(value, null, 1), { format });
      expect(problems).toEqual([]);
      expect(resources.map(({ resource }) => resource.name)).toEqual(names);
    }
  });

  it("reads all documents of a text of YAML, and no empty ones", () => {
    const text = `---\n# nothing\n---\n${JSON.stringify(a)}\n---\n---\n${JSON.stringify([b])}\n...\n`;
    expect(resourcesFromYaml(text).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(resourcesFromYaml("")).toEqual([]);
    expect(resourcesFromYaml("# nothing\n")).toEqual([]);
  });

  it("reads the resources in which nothing is wrong", () => {
    const { resources, problems } = readDocument(
      JSON.stringify([a, { ...b, typ: 1 }, { "@type": CLUSTER, name: "c" }]),
    );
    expect(resources.map(({ resource, path }) => [resource.name, path])).toEqual([["a", "[0]"], ["c", "[2]"]]);
    expect(problems).toHaveLength(1);
  });

  it("leaves out the weights of 0 that dumps have for endpoints without one", () => {
    const endpoints = [{ load_balancing_weight: 0, lb_endpoints: [{ endpoint: {}, loadBalancingWeight: 0 }] }];
    const dump = {
      "@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
      dynamic_endpoint_configs: [{
        endpoint_config: {
          "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
          cluster_name: "a",
          endpoints,
        },
      }],
    };
    const [made] = resourcesFromJson({ configs: [dump] });
    expect(made!.toJson(envoyTypes)).toMatchObject({ endpoints: [{ lb_endpoints: [{ endpoint: {} }] }] });
    expect(JSON.stringify(made!.toJson(envoyTypes))).not.toContain("weight");
  });

  it("says what a document takes away", () => {
    const { removals, problems } = readDocument(
      JSON.stringify({ resources: [a], remove: [{ "@type": CLUSTER, name: "b" }] }),
    );
    expect(removals).toMatchObject([{ typeUrl: CLUSTER, name: "b", path: "remove[0]", place: { line: 1 } }]);
    expect(problems).toEqual([]);
    expect(readDocument(`remove: [{ "@type": type.googleapis.com/a.B, name: c }, { name: d }]`).problems).toHaveLength(
      2,
    );
  });

  it("gives the name, version, ttl and aliases of a wrapper", () => {
    const [made] = resourcesFromYaml(`
"@type": type.googleapis.com/envoy.service.discovery.v3.Resource
name: w
version: "7"
ttl: 1.5s
aliases: [x]
resource: ${JSON.stringify(a)}
`);
    expect(made).toMatchObject({ typeUrl: CLUSTER, name: "w", version: "7", ttlMs: 1_500, aliases: ["x"] });
  });

  it("makes the same resource as a maker", () => {
    const [made] = resourcesFromYaml(`{ "@type": ${CLUSTER}, name: a, connectTimeout: 0.25s, lb_policy: random }`);
    const maker = cluster({ name: "a", connectTimeout: { seconds: 0n, nanos: 250_000_000 }, lbPolicy: 3 });
    expect([made!.version, made!.bytes]).toEqual([maker.version, maker.bytes]);
  });

  it("knows types of the user's own", () => {
    const proto = create(FileDescriptorProtoSchema, {
      name: "acme.proto",
      package: "acme",
      syntax: "proto3",
      messageType: [{ name: "Thing", field: [{ name: "name", jsonName: "name", number: 1, type: 9, label: 1 }] }],
    });
    const types = createRegistry(createFileRegistry(proto, () => undefined).getFile("acme.proto")!);
    const [made] = resourcesFromJson({ "@type": "type.googleapis.com/acme.Thing", name: "t" }, { types });
    expect(made).toMatchObject({ typeUrl: "type.googleapis.com/acme.Thing", name: "t" });
    expect(made!.toJson()).toEqual({ "@type": "type.googleapis.com/acme.Thing", name: "t" });
  });

  it("keeps the prefix of a type in an Any", () => {
    const [made] = resourcesFromJson({
      ...a,
      typed_extension_protocol_options: { x: { "@type": "example.com/google.protobuf.Duration", value: "1s" } },
    });
    expect(made!.toJson(envoyTypes)).toMatchObject({
      typed_extension_protocol_options: { x: { "@type": "example.com/google.protobuf.Duration", value: "1s" } },
    });
  });

  it("makes equal bytes of maps in any order, in an Any too", () => {
    const [one, two] = [["x", "y"], ["y", "x"]].map((keys) => {
      const value = Object.fromEntries(keys.map((key) => [key, key]));
      const any = { "@type": "type.googleapis.com/google.protobuf.Struct", value };
      return resourcesFromJson({ ...a, typed_extension_protocol_options: { k: any } })[0]!;
    });
    expect(one!.version).toBe(two!.version);
  });
});
