import assert from "node:assert/strict";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import type { VirtualHostSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { OnDemandSchema } from "../../../gen/envoy/extensions/filters/http/on_demand/v3/on_demand_pb.ts";
import {
  type HttpFilter,
  HttpFilterSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { Resource } from "../../../mod.ts";
import {
  CLUSTER_TYPE,
  LISTENER_TYPE,
  routeConfiguration,
  routerFilter,
  typedConfig,
  VIRTUAL_HOST_TYPE,
  virtualHostResource,
} from "../../../src/v3/mod.ts";
import { type Case, onlyDelta } from "../case.ts";
import { edsCluster, endpointAt, httpListener, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** Virtual hosts that Envoy asks for when a request needs them (VHDS): by delta only. */
export const VIRTUAL_HOSTS: readonly Case[] = [
  {
    type: "VHDS",
    name: "on demand: by domain, by pattern, by a second name; unknown (404 at once), and known later",
    modes: onlyDelta,
    async run(world) {
      world.publish([
        ...basics(world),
        host("one", "1", ["one.com", "www.one.com"]),
        host("wild", "1", ["*.wild.com"]),
        host("not asked for", "1", ["other.com"]),
      ]);
      await world.startEnvoy();
      await meetsSoon(world, "one.com", 200, "1");
      await meets(world, "www.one.com", 200, "1");
      await meets(world, "a.wild.com", 200, "1");
      await meets(world, "b.wild.com", 200, "1");
      await meets(world, "unknown.com", 404);
      await meets(world, "unknown.com", 404);
      await meets(world, "other-unknown.com", 404);
      assert.deepEqual(sentHosts(world), ["http/one", "http/wild"]);

      world.change({ update: [host("late", "1", ["unknown.com"])] });
      await world.reach("the late virtual host", () => meets(world, "unknown.com", 200, "1"));
      const load = world.load({
        urls: [await world.url("http")],
        headers: { host: "one.com" },
      });
      world.change({ update: [host("one", "2", ["one.com", "www.one.com"])] });
      await load.meets("the changed virtual host", ({ headers }) => headers["x-host-version"] === "2");
      await load.pass(5);
      await load.stop();
      world.change({ remove: [host("one", "2", ["one.com"])] });
      await world.reach("the removal of a virtual host", () => meets(world, "www.one.com", 404));
    },
  },
  {
    type: "VHDS",
    name: "kept while their route configuration changes, and over a restart of the server, under load",
    modes: onlyDelta,
    async run(world) {
      const hosts = [host("one", "1", ["one.com"]), host("two", "1", ["two.com"])];
      world.publish([...basics(world), ...hosts]);
      await world.startEnvoy();
      await meetsSoon(world, "one.com", 200, "1");
      await meets(world, "two.com", 200, "1");
      const load = world.load({ urls: [await world.url("http")], headers: { host: "one.com" } });
      for (let i = 2; i < 7; i++) {
        world.change({ update: [routes(world, `${i}`)] });
        await load.meets(`routes ${i}`, ({ headers }) => headers["x-config-version"] === `${i}`);
        await load.pass(5);
      }
      await world.replaceServer([
        ...basics(world, "7"),
        host("one", "2", ["one.com"]),
        host("three", "1", ["three.com"]),
      ]);
      await load.meets("the virtual host of the new server", ({ headers }) => headers["x-host-version"] === "2");
      await load.pass(5);
      await load.stop();
      await meets(world, "three.com", 200, "1");
    },
  },
  {
    type: "VHDS",
    name: "a route configuration without any starts, also as the second one, and gets its first",
    modes: onlyDelta,
    async run(world) {
      world.publish([...basics(world), host("one", "1", ["one.com"])]);
      await world.startEnvoy();
      await meetsSoon(world, "one.com", 200, "1");
      const second = httpListener(world.mode, "second", { manager: { httpFilters: [onDemand(), routerFilter()] } });
      // Its first request has no names, so a stream of its own gets no response before one of its hosts exists.
      const first = world.mode.aggregated ? [] : [host("other", "1", ["other.com"], "second")];
      world.change({ update: [second, routes(world, "1", "second"), ...first] });
      await world.reach("the second listener", () => meets(world, "two.com", 404, undefined, "second"));
      world.change({ update: [host("two", "1", ["two.com"], "second")] });
      await world.reach("its virtual host", () => meets(world, "two.com", 200, "1", "second"));
      await meets(world, "one.com", 404, undefined, "second");
    },
  },
  {
    type: "VHDS",
    name: "all of them at once, with a legacy wildcard",
    modes: onlyDelta,
    server: { legacyWildcard: new Set([LISTENER_TYPE, CLUSTER_TYPE, VIRTUAL_HOST_TYPE]) },
    async run(world) {
      const all = Array.from({ length: 20 }, (_, i) => host(`host-${i}`, "1", [`host-${i}.com`]));
      world.publish([...basics(world), ...all]);
      await world.startEnvoy();
      await meetsSoon(world, "host-7.com", 200, "1");
      assert.equal(sentHosts(world).length, 20);
      const load = world.load({ urls: [await world.url("http")], headers: { host: "host-7.com" } });
      world.change({ update: [routes(world, "2")] });
      await load.meets("the routes", ({ headers }) => headers["x-config-version"] === "2");
      world.change({ update: [host("host-7", "2", ["host-7.com"])] });
      await load.meets("the change", ({ headers }) => headers["x-host-version"] === "2");
      await load.pass(5);
      await load.stop();
      await meets(world, "unknown.com", 404);
      world.change({ remove: [all[7]!] });
      await world.reach("the removal", () => meets(world, "host-7.com", 404));
      const requests = world.server.journal.tail.match(/<- VirtualHost .*http\/host/g) ?? [];
      assert.deepEqual(requests.length, 1, "Envoy requests the removed one alone");
    },
  },
];

/** All but the virtual hosts. */
function basics(world: World, version = "1"): Resource[] {
  const { mode, upstreams } = world;
  return [
    edsCluster(mode, "echo"),
    endpointAt("echo", upstreams.a.port),
    httpListener(mode, "http", { manager: { httpFilters: [onDemand(), routerFilter()] } }),
    routes(world, version),
  ];
}

function onDemand(): HttpFilter {
  return create(HttpFilterSchema, {
    name: "envoy.filters.http.on_demand",
    configType: { case: "typedConfig", value: typedConfig(OnDemandSchema, {}) },
  });
}

function routes({ source }: World, version: string, name = "http"): Resource {
  return routeConfiguration({
    name,
    vhds: { configSource: source },
    responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
  });
}

/** A virtual host, each response with the version in its header `x-host-version`. */
function host(name: string, version: string, domains: string[], routeConfig = "http"): Resource {
  const init: MessageInitShape<typeof VirtualHostSchema> = {
    name,
    domains,
    routes: [toCluster("echo")],
    responseHeadersToAdd: [{ header: { key: "x-host-version", value: version } }],
  };
  return virtualHostResource(init, { routeConfig });
}

async function meets(world: World, host: string, status: number, version?: string, listener = "http"): Promise<void> {
  const response = await world.get(listener, "/", { headers: { host } });
  const met = { host, status: response.status, version: response.headers["x-host-version"] };
  assert.deepEqual(met, { host, status, version });
}

function meetsSoon(world: World, host: string, status: number, version: string): Promise<void> {
  return world.reach(host, () => meets(world, host, status, version));
}

function sentHosts(world: World): string[] {
  const sent = world.server.journal.sent.filter(({ typeUrl }) => typeUrl.endsWith(".VirtualHost"));
  return [...new Set(sent.flatMap(({ names }) => names))].toSorted();
}
