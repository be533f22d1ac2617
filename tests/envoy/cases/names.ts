import assert from "node:assert/strict";
import type { Bootstrap } from "../../../examples/demo/bootstrap.ts";
import { Cluster_DiscoveryType } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { Resource } from "../../../mod.ts";
import { cluster, endpoints, hostEndpoint, lbEndpoint } from "../../../src/v3/mod.ts";
import { type Case, onlyDelta } from "../case.ts";
import { expectOk } from "../load.ts";
import { edsCluster, endpointAt, httpListener, routesOf, tcpListener, toCluster } from "../make.ts";
import type { World } from "../world.ts";

const AUTHORITY = "xdstp://prod.example";
/** What Envoy adds for `node_context_params`, from the node of its bootstrap. */
const NODE = "xds.node.cluster=example&xds.node.id=test";

/** Names of the form `xdstp://…`, and collections. */
export const NAMES: readonly Case[] = [
  {
    type: "EDS",
    name: "endpoints and routes with xdstp names, their parameters in any order",
    async run(world) {
      world.publish(named(world, "1"));
      await world.startEnvoy();
      await world.reach("a response", async () => expectOk(await world.get("http")));
      const load = world.load({ urls: [await world.url("http")] });
      for (const version of ["2", "3"]) {
        world.change({ update: named(world, version) });
        await load.meets(`routes ${version}`, ({ headers }) => headers["x-config-version"] === version);
        const upstream = version === "2" ? "b" : "a";
        await load.meets(`endpoints ${version}`, ({ headers }) => headers["x-upstream"] === upstream);
      }
      await load.pass(5);
    },
  },
  {
    type: "LDS",
    name: "collections of listeners and clusters (xdstp globs), with the parameters of the node",
    modes: onlyDelta,
    bootstrap: withCollections,
    async run(world) {
      const { mode, upstreams } = world;
      const [main, other] = [inCollection("cluster.v3.Cluster", "main"), inCollection("cluster.v3.Cluster", "other")];
      const http = inCollection("listener.v3.Listener", "http");
      const strangers = [
        edsCluster(mode, "plain"),
        edsCluster(mode, inCollection("cluster.v3.Cluster", "deeper/main")),
        edsCluster(mode, inCollection("cluster.v3.Cluster", "main").replace("id=test", "id=other")),
        tcpListener("plain", "plain"),
      ];
      world.publish([
        ...[main, other].flatMap((name) => [edsCluster(mode, name), endpointAt(name, upstreams.a.port)]),
        httpListener(mode, http),
        routesOf(http, "1", [toCluster(main)]),
        ...strangers,
      ]);
      await world.startEnvoy();
      await world.reach("a response", async () => expectOk(await world.get(http)));
      assert.deepEqual(await clustersOf(world), [main, other].toSorted());
      const load = world.load({ urls: [await world.url(http)] });
      const more = inCollection("cluster.v3.Cluster", "more");
      world.change({ update: [edsCluster(mode, more), endpointAt(more, upstreams.b.port)] });
      await world.reach("the new cluster", async () => assert.ok((await clustersOf(world)).includes(more)));
      world.change({ update: [routesOf(http, "2", [toCluster(more)])] });
      await load.meets("the new cluster", ({ headers }) => headers["x-upstream"] === "b");
      world.change({ remove: [edsCluster(mode, other), ...strangers] });
      await world.reach("the removal of a cluster", async () => {
        assert.deepEqual(await clustersOf(world), [main, more].toSorted());
      });
      await load.pass(5);
      await load.stop();
      world.change({ remove: [httpListener(mode, http)] });
      await world.reach("the removal of the listener", async () => {
        assert.doesNotMatch(await world.envoy.admin("/listeners"), /http/);
      });
    },
  },
  {
    type: "LDS",
    name: "collections that are empty do not hold up Envoy, and are filled later",
    modes: onlyDelta,
    bootstrap: withCollections,
    async run(world) {
      const { mode, upstreams } = world;
      world.publish([edsCluster(mode, "plain")]);
      await world.startEnvoy();
      await world.reach("Envoy to be ready", async () => assert.match(await world.envoy.admin("/ready"), /LIVE/));
      const http = inCollection("listener.v3.Listener", "http");
      const main = inCollection("cluster.v3.Cluster", "main");
      world.publish([
        ...[edsCluster(mode, main), endpointAt(main, upstreams.a.port)],
        ...[httpListener(mode, http), routesOf(http, "1", [toCluster(main)])],
      ]);
      await world.reach("a response", async () => expectOk(await world.get(http)));
    },
  },
  {
    type: "LEDS",
    name: "endpoints one by one, in a collection, added and removed under load",
    modes: onlyDelta,
    async run(world) {
      const { mode, upstreams } = world;
      const [a, b] = [endpointIn("a", upstreams.a.port), endpointIn("b", upstreams.b.port)];
      world.publish([
        ...[edsCluster(mode, "echo"), endpointsOf(world), a],
        ...[httpListener(mode, "http"), routesOf("http", "1", [toCluster("echo")])],
      ]);
      await world.startEnvoy();
      await world.reach("a response", async () => expectOk(await world.get("http")));
      const load = world.load({ urls: [await world.url("http")] });
      for (let i = 0; i < 5; i++) {
        world.change({ update: [b] });
        await load.meets("the second endpoint", ({ headers }) => headers["x-upstream"] === "b");
        world.change({ remove: [a] });
        await meetsNever(world, "a");
        // The cluster is warmed anew, with endpoints that do not change.
        world.change({ update: [edsCluster(mode, "echo", { connectTimeout: { seconds: BigInt(i + 2) } })] });
        await world.reach("the changed cluster", async () => {
          const clusters = await world.envoy.admin("/config_dump?resource=dynamic_active_clusters");
          assert.match(clusters, new RegExp(`"connect_timeout": "${i + 2}s"`));
        });
        world.change({ update: [a] });
        await load.meets("the first endpoint", ({ headers }) => headers["x-upstream"] === "a");
        world.change({ remove: [b] });
        await meetsNever(world, "b");
      }
      await load.pass(5);
    },
  },
];

function withCollections(usual: Bootstrap): Bootstrap {
  const locator = (type: string) => `${AUTHORITY}/envoy.config.${type}/edge/*?env=prod`;
  return {
    ...usual,
    node_context_params: ["id", "cluster"],
    dynamic_resources: {
      ...usual.dynamic_resources,
      lds_resources_locator: locator("listener.v3.Listener"),
      cds_resources_locator: locator("cluster.v3.Cluster"),
    },
  };
}

function inCollection(type: string, name: string): string {
  return `${AUTHORITY}/envoy.config.${type}/edge/${name}?env=prod&${NODE}`;
}

/** A cluster whose endpoints, and a listener whose routes, have names of the new form. */
function named({ mode, source, upstreams }: World, version: string): Resource[] {
  const serviceName = `${AUTHORITY}/envoy.config.endpoint.v3.ClusterLoadAssignment/echo?zone=b&app=a`;
  const routeConfigName = `${AUTHORITY}/envoy.config.route.v3.RouteConfiguration/echo?zone=b&app=a`;
  const rds = { case: "rds", value: { routeConfigName, configSource: source } } as const;
  return [
    cluster({
      name: "echo",
      connectTimeout: { seconds: 1n },
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: source, serviceName },
    }),
    endpointAt(serviceName, upstreams[version === "2" ? "b" : "a"].port),
    httpListener(mode, "http", { manager: { routeSpecifier: rds } }),
    routesOf(routeConfigName, version, [toCluster("echo")]),
  ];
}

const ENDPOINTS = `${AUTHORITY}/envoy.config.endpoint.v3.LbEndpoint/echo`;

function endpointIn(name: string, port: number): Resource {
  return lbEndpoint(hostEndpoint("127.0.0.1", port), { name: `${ENDPOINTS}/${name}` });
}

function endpointsOf({ source }: World): Resource {
  return endpoints({
    clusterName: "echo",
    endpoints: [{
      loadBalancingWeight: 1,
      lbConfig: {
        case: "ledsClusterLocalityConfig",
        value: { ledsConfig: source, ledsCollectionName: `${ENDPOINTS}/*` },
      },
    }],
  });
}

async function clustersOf(world: World): Promise<string[]> {
  const dump = await world.envoy.admin("/config_dump?resource=dynamic_active_clusters");
  const { configs = [] } = JSON.parse(dump) as { configs?: { cluster: { name: string } }[] };
  return configs.map(({ cluster }) => cluster.name).toSorted();
}

/** Waits until no request goes to an upstream any more. */
function meetsNever(world: World, upstream: string): Promise<void> {
  return world.reach(`no more of ${upstream}`, async () => {
    const responses = await Promise.all(Array.from({ length: 8 }, () => world.get("http")));
    for (const { headers } of responses) assert.notEqual(headers["x-upstream"], upstream);
  });
}
