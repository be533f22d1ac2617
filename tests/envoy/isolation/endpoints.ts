import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { Resource } from "../../../mod.ts";
import { ENDPOINT_TYPE, endpoints, hostEndpoint } from "../../../src/v3/mod.ts";
import { edsCluster, httpListener, routesOf, toCluster } from "../make.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

type AssignmentInit = MessageInitShape<typeof ClusterLoadAssignmentSchema>;

/** Endpoints: their marker is the name of a host. */
export const isolatedEndpoints: MakeSubject = (world) => {
  const hostOf = (marker: string, host = "127.0.0.1") => {
    const endpoint = hostEndpoint(host, world.upstreams.a.port);
    if (endpoint.hostIdentifier.case === "endpoint") endpoint.hostIdentifier.value.hostname = marker;
    return endpoint;
  };
  const of = (clusterName: string, marker: string, init: AssignmentInit = {}): Resource =>
    endpoints({ endpoints: [{ lbEndpoints: [hostOf(marker)] }], ...init, clusterName } as AssignmentInit);
  const resolvedBy = (resolverName: string, hostname: string) => {
    const portSpecifier = { case: "portValue", value: world.upstreams.a.port } as const;
    const address = { case: "socketAddress", value: { address: "127.0.0.1", portSpecifier, resolverName } } as const;
    return { hostIdentifier: { case: "endpoint", value: { hostname, address: { address } } } } as const;
  };
  return {
    typeUrl: ENDPOINT_TYPE,
    around: (names) => [
      ...names.map((name) => edsCluster(world.mode, name)),
      httpListener(world.mode, "http"),
      routesOf("http", "1", [toCluster(names[0]!)]),
    ],
    good: (name, marker) => of(name, marker),
    ways: [
      {
        name: "rule of the API",
        bad: (name, marker) => of(name, marker, { policy: { overprovisioningFactor: 0 } } as AssignmentInit),
      },
      {
        name: "bad address",
        bad: (name, marker) => of(name, marker, { endpoints: [{ lbEndpoints: [hostOf(marker, "nowhere")] }] }),
      },
      {
        name: "unknown resolver",
        bad: (name, marker) => of(name, marker, { endpoints: [{ lbEndpoints: [resolvedBy("nowhere", marker)] }] }),
      },
    ],
    markers: () =>
      markersOf<DynamicEndpoints>(world, "dynamic_endpoint_configs", ({ endpoint_config: config }) => {
        // A cluster is listed before it has endpoints.
        const marker = config.endpoints?.[0]?.lb_endpoints?.[0]?.endpoint.hostname;
        return marker === undefined ? undefined : [config.cluster_name, marker];
      }),
  };
};

interface DynamicEndpoints {
  readonly endpoint_config: {
    readonly cluster_name: string;
    readonly endpoints?: readonly {
      readonly lb_endpoints?: readonly { readonly endpoint: { readonly hostname?: string } }[];
    }[];
  };
}
