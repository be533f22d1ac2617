import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RouteSchema, VirtualHostSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import type { Resource } from "../../../mod.ts";
import { httpConnectionManager, ROUTE_TYPE, routeConfiguration } from "../../../src/v3/mod.ts";
import { edsCluster, endpointAt, toCluster } from "../make.ts";
import { sourceOf } from "../modes.ts";
import { chainListeners } from "./chains.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

type HostInit = MessageInitShape<typeof VirtualHostSchema>;

/** Route configurations: their marker is the name of the first virtual host. */
export const isolatedRoutes: MakeSubject = (world) => {
  const chain = (routeConfigName: string) => ({
    filters: [httpConnectionManager({
      routeSpecifier: { case: "rds", value: { routeConfigName, configSource: sourceOf(world.mode) } },
    })],
  });
  const of = (name: string, marker: string, ...hosts: HostInit[]): Resource =>
    routeConfiguration({ name, virtualHosts: [hostOf(marker), ...hosts] });
  return {
    typeUrl: ROUTE_TYPE,
    around: (names) => [
      edsCluster(world.mode, "echo"),
      endpointAt("echo", world.upstreams.a.port),
      ...chainListeners(names, chain),
    ],
    good: (name, marker) => of(name, marker),
    ways: [
      { name: "rule of the API", bad: (name, marker) => of(name, marker, { name: "no domain", domains: [] }) },
      {
        name: "bad regex",
        bad: (name, marker) => of(name, marker, { name: "regex", domains: ["regex"], routes: [BAD_REGEX] }),
      },
      { name: "domain twice", bad: (name, marker) => of(name, marker, { name: "again", domains: ["*"] }) },
      {
        name: "unknown cluster",
        bad: (name, marker) =>
          routeConfiguration({
            name,
            virtualHosts: [{ ...hostOf(marker), routes: [toCluster("nowhere")] }],
            validateClusters: true,
          }),
      },
    ],
    markers: () =>
      markersOf<DynamicRoutes>(world, "dynamic_route_configs", ({ route_config: { name, virtual_hosts } }) => {
        return [name, virtual_hosts[0]!.name];
      }),
  };
};

interface DynamicRoutes {
  readonly route_config: { readonly name: string; readonly virtual_hosts: readonly { readonly name: string }[] };
}

const BAD_REGEX: MessageInitShape<typeof RouteSchema> = {
  match: { pathSpecifier: { case: "safeRegex", value: { regex: "(" } } },
  action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "echo" } } },
};

function hostOf(name: string) {
  return { name, domains: ["*"], routes: [toCluster("echo")] };
}
