import { UpstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import {
  ads,
  cluster,
  type ClusterInit,
  endpoints,
  httpConnectionManager,
  listener,
  route,
  typedConfig,
} from "../../src/v3/mod.ts";
import { thrown } from "./printed.ts";
import type { Mistake } from "./rows.ts";

export const EDS_CLUSTER = cluster({
  name: "b",
  clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
  edsClusterConfig: { edsConfig: ads() },
});
const TLS_CLUSTER = cluster({
  name: "a",
  transportSocket: {
    name: "tls",
    configType: {
      case: "typedConfig",
      value: typedConfig(UpstreamTlsContextSchema, {
        commonTlsContext: {
          validationContextType: {
            case: "validationContextSdsSecretConfig",
            value: { name: "ca", sdsConfig: ads() },
          },
        },
      }),
    },
  },
});
const ROUTE = route({
  name: "routes",
  virtualHosts: [{
    name: "all",
    domains: ["*"],
    routes: [{
      match: { pathSpecifier: { case: "prefix", value: "/" } },
      action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "c" } } },
    }],
  }],
});
const LISTENER = listener({
  name: "l",
  filterChains: [{
    filters: [
      httpConnectionManager({
        routeSpecifier: { case: "rds", value: { routeConfigName: "web", configSource: ads() } },
      }),
    ],
  }],
});

const checked = (...resources: Resource[]) =>
  new Snapshot({ resources }).check().map(({ message }) => message).join("; ");

/** How resources are made, and what `check()` says of a snapshot. */
export const RESOURCES: readonly Mistake[] = [
  {
    mistake: "`cluster({})`",
    make: () => thrown(() => cluster({})),
    printed: "Cannot name a resource of type envoy.config.cluster.v3.Cluster: set its field name",
  },
  {
    mistake: "`endpoints({})`",
    make: () => thrown(() => endpoints({})),
    printed: "Cannot name a resource of type envoy.config.endpoint.v3.ClusterLoadAssignment: set its field clusterName",
  },
  {
    mistake: "a value of the wrong type, in JavaScript",
    make: () =>
      thrown(() =>
        new SnapshotCache().setSnapshot(
          "a",
          new Snapshot({
            resources: [cluster({ name: "a", connectTimeout: "3s" } as unknown as ClusterInit)],
          }),
        )
      ),
    printed: 'Cannot encode "a" of type type.googleapis.com/envoy.config.cluster.v3.Cluster: ' +
      "google.protobuf.Duration.seconds has a value of another type",
  },
  {
    mistake: "a cluster without its endpoints",
    make: () => checked(EDS_CLUSTER),
    printed: 'Cluster "b" refers to ClusterLoadAssignment "b", which is not in the snapshot',
  },
  {
    mistake: "a cluster without its secret",
    make: () => checked(TLS_CLUSTER),
    printed: 'Cluster "a" refers to Secret "ca", which is not in the snapshot',
  },
  {
    mistake: "a route to a cluster that does not exist",
    make: () => checked(ROUTE),
    printed: 'RouteConfiguration "routes" refers to Cluster "c", which is not in the snapshot',
  },
  {
    mistake: "a listener without its routes",
    make: () => checked(LISTENER),
    printed: 'Listener "l" refers to RouteConfiguration "web", which is not in the snapshot',
  },
  {
    mistake: "two listeners of one name",
    make: () => checked(listener({ name: "l" }), listener({ name: "l", statPrefix: "x" })),
    printed: '"l" is given more than once as Listener',
  },
  {
    mistake: "two of one name in a change",
    make() {
      const update = [listener({ name: "l" }), listener({ name: "l", statPrefix: "x" })];
      return new Snapshot().with({ update }).check().map(({ message }) => message).join();
    },
    printed: '"l" is given more than once as Listener',
  },
  {
    mistake: "`new SnapshotCache({ check: true })`, and then any of these",
    make: () =>
      thrown(() => new SnapshotCache({ check: true }).setSnapshot("a", new Snapshot({ resources: [TLS_CLUSTER] }))),
    printed: 'Cannot publish: 1 error in it Cluster "a": refers to Secret "ca", which is not in the snapshot ' +
      "[check.missing]",
  },
];
