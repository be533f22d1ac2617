import { create } from "@bufbuild/protobuf";
import { type Cluster, ClusterSchema } from "../../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { TransportSocketSchema } from "../../../../gen/envoy/config/core/v3/base_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { type Listener, ListenerSchema } from "../../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { VirtualHostSchema } from "../../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type RouteConfiguration, RouteConfigurationSchema } from "../../../../gen/envoy/config/route/v3/route_pb.ts";
import { type Secret, SecretSchema } from "../../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { UpstreamTlsContextSchema } from "../../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { httpConnectionManager, socketAddress, typedConfig } from "../../../v3/mod.ts";
import type { Given } from "./given.ts";

/** Listeners and clusters that use resources which nothing else refers to, so that Envoy looks at those. */
export function usersOfUnused(given: Given): { readonly listeners: Listener[]; readonly clusters: Cluster[] } {
  const endpoints = [...given.unused(ClusterLoadAssignmentSchema)].map(([name, loadAssignment]) => {
    return create(ClusterSchema, { name: `${PREFIX}endpoints/${name}`, loadAssignment });
  });
  const secrets = [...given.unused(SecretSchema)].flatMap(([name, secret]) => userOfSecret(name, secret) ?? []);
  const routes = [...given.unused(RouteConfigurationSchema)].map(([, each]) => each);
  for (const each of routes) each.validateClusters ??= false;
  const hosts = [...given.unused(VirtualHostSchema)].map(([name, host], i) => {
    return create(RouteConfigurationSchema, { name: `${name}:${i}`, virtualHosts: [host], validateClusters: false });
  });
  return {
    listeners: [...routes, ...hosts].map((each, i) => listenerOf(`${PREFIX}routes/${i}`, each)),
    clusters: [...endpoints, ...secrets],
  };
}

/** Clusters without endpoints, for those that clients have from elsewhere. */
export function standInClusters(names: Iterable<string>): Cluster[] {
  return [...names].map((name) => {
    return create(ClusterSchema, { name, loadAssignment: create(ClusterLoadAssignmentSchema, { clusterName: name }) });
  });
}

const PREFIX = "ts-control-plane/validation/";

function listenerOf(name: string, routes: RouteConfiguration): Listener {
  const filters = [httpConnectionManager({ routeSpecifier: { case: "routeConfig", value: routes } })];
  return create(ListenerSchema, { name, address: socketAddress("127.0.0.1", 0), filterChains: [{ filters }] });
}

function userOfSecret(name: string, { type }: Secret): Cluster | undefined {
  const config = { name };
  if (type.case !== "tlsCertificate" && type.case !== "validationContext") return undefined;
  const commonTlsContext = type.case === "tlsCertificate"
    ? { tlsCertificateSdsSecretConfigs: [config] }
    : { validationContextType: { case: "validationContextSdsSecretConfig", value: config } as const };
  return create(ClusterSchema, {
    name: `${PREFIX}secret/${name}`,
    loadAssignment: create(ClusterLoadAssignmentSchema, { clusterName: name }),
    transportSocket: create(TransportSocketSchema, {
      name: "envoy.transport_sockets.tls",
      configType: { case: "typedConfig", value: typedConfig(UpstreamTlsContextSchema, { commonTlsContext, sni: "a" }) },
    }),
  });
}
