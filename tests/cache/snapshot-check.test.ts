import { describe, expect, it } from "vitest";
import { rawResource, type Resource, Snapshot } from "../../mod.ts";
import {
  ads,
  cluster,
  CLUSTER_TYPE,
  endpoints,
  httpConnectionManager,
  listener,
  LISTENER_TYPE,
  routeConfiguration,
  scopedRoute,
} from "../../src/v3/mod.ts";

const EDS = 3;
const eds = (name: string, serviceName = ""): Resource =>
  cluster({
    name,
    clusterDiscoveryType: { case: "type", value: EDS },
    edsClusterConfig: { edsConfig: ads(), serviceName },
  });
const routeTo = (name: string, target: string): Resource =>
  routeConfiguration({
    name,
    virtualHosts: [{
      name: "all",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "prefix", value: "/" } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: target } } },
      }],
    }],
  });
const listenerOf = (name: string, routeConfigName: string): Resource =>
  listener({
    name,
    filterChains: [{
      filters: [
        httpConnectionManager({
          routeSpecifier: { case: "rds", value: { routeConfigName, configSource: ads() } },
        }),
      ],
    }],
  });

const CASES: readonly { readonly what: string; readonly resources: Resource[]; readonly problems: string[] }[] = [
  { what: "no resources", resources: [], problems: [] },
  {
    what: "a whole configuration",
    resources: [eds("a"), endpoints({ clusterName: "a" }), routeTo("r", "a"), listenerOf("l", "r")],
    problems: [],
  },
  {
    what: "endpoints, clusters and routes without a reference to them",
    resources: [endpoints({ clusterName: "pool" }), cluster({ name: "spare" }), routeTo("r", "spare")],
    problems: [],
  },
  {
    what: "endpoints by the name of a service",
    resources: [eds("a", "service"), endpoints({ clusterName: "service" })],
    problems: [],
  },
  {
    what: "a cluster without its endpoints",
    resources: [eds("a")],
    problems: ['Cluster "a" refers to ClusterLoadAssignment "a", which is not in the snapshot'],
  },
  {
    what: "a route to a missing cluster",
    resources: [routeTo("r", "missing")],
    problems: ['RouteConfiguration "r" refers to Cluster "missing", which is not in the snapshot'],
  },
  {
    what: "a listener without its routes",
    resources: [listenerOf("l", "missing")],
    problems: ['Listener "l" refers to RouteConfiguration "missing", which is not in the snapshot'],
  },
  {
    what: "a scope without its routes",
    resources: [scopedRoute({ name: "s", routeConfigurationName: "missing" })],
    problems: ['ScopedRouteConfiguration "s" refers to RouteConfiguration "missing", which is not in the snapshot'],
  },
  {
    what: "a name given twice",
    resources: [cluster({ name: "a" }), cluster({ name: "a", altStatName: "other" })],
    problems: ['"a" is given more than once as Cluster'],
  },
  {
    what: "bytes that cannot be read",
    resources: [rawResource(CLUSTER_TYPE, "bad", Uint8Array.of(0x0a, 0xff))],
    problems: [expect.stringMatching(/^Cluster "bad" cannot be read: ./)],
  },
  {
    what: "bytes that cannot be read, of a type with several references",
    resources: [rawResource(LISTENER_TYPE, "bad", Uint8Array.of(0x0a, 0xff))],
    problems: [expect.stringMatching(/^Listener "bad" cannot be read: ./)],
  },
  {
    what: "routes that get their virtual hosts on demand, which need not be there",
    resources: [routeConfiguration({ name: "r", vhds: {} })],
    problems: [],
  },
];

describe("Snapshot.check()", () => {
  it.each(CASES)("O9 returns the problems of $what", ({ resources, problems }) => {
    expect(new Snapshot({ resources }).check().map(({ message }) => message)).toEqual(problems);
  });
});
