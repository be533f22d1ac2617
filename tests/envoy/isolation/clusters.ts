import type { MessageInitShape } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { create } from "@bufbuild/protobuf";
import { Cluster_DiscoveryType, type ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { UpstreamTlsContextSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import type { Resource } from "../../../mod.ts";
import { cluster, CLUSTER_TYPE, hostEndpoint, typedConfig } from "../../../src/v3/mod.ts";
import { httpListener, routesOf, toCluster } from "../make.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

type ClusterInit = MessageInitShape<typeof ClusterSchema>;

/** Clusters: their marker is the name for statistics. */
export const isolatedClusters: MakeSubject = (world) => {
  const of = (name: string, marker: string, init: ClusterInit = {}, host = "127.0.0.1"): Resource =>
    cluster({
      connectTimeout: { seconds: 1n },
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STATIC },
      loadAssignment: {
        clusterName: name,
        endpoints: [{ lbEndpoints: [hostEndpoint(host, world.upstreams.a.port)] }],
      },
      altStatName: marker,
      ...init,
      name,
    } as ClusterInit);
  return {
    typeUrl: CLUSTER_TYPE,
    around: ([first]) => [httpListener(world.mode, "http"), routesOf("http", "1", [toCluster(first!)])],
    good: (name, marker) => of(name, marker),
    ways: [
      { name: "rule of the API", bad: (name, marker) => of(name, marker, { connectTimeout: { seconds: 0n } }) },
      { name: "bad address", bad: (name, marker) => of(name, marker, {}, "nowhere") },
      { name: "bad PEM", bad: (name, marker) => of(name, marker, { transportSocket: tls(GARBAGE_CA) }) },
      { name: "unreadable Any", bad: (name, marker) => of(name, marker, { transportSocket: tls(UNREADABLE) }) },
    ],
    markers: () =>
      markersOf<ActiveCluster>(world, "dynamic_active_clusters", ({ cluster: { name, alt_stat_name } }) => {
        return [name, alt_stat_name];
      }),
  };
};

interface ActiveCluster {
  readonly cluster: { readonly name: string; readonly alt_stat_name: string };
}

const GARBAGE_CA = typedConfig(UpstreamTlsContextSchema, {
  commonTlsContext: {
    validationContextType: {
      case: "validationContext",
      value: { trustedCa: { specifier: { case: "inlineString", value: "garbage" } } },
    },
  },
});

const UNREADABLE = create(AnySchema, { typeUrl: GARBAGE_CA.typeUrl, value: Uint8Array.of(0xff, 0xff, 0xff) });

function tls(value: typeof GARBAGE_CA) {
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value } } as const;
}
