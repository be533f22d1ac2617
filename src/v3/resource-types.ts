import type { ResourceType } from "../resource/mod.ts";
import {
  clustersInListener,
  clustersInRoute,
  clustersInVirtualHost,
  collectionsOfEndpoints,
  endpointsOfCluster,
  endpointsOverAds,
  routeOfScope,
  routesInListener,
  secretsOfCluster,
  secretsOfListener,
  virtualHostsOfRoute,
} from "./references.ts";
import * as type from "./types.ts";
import { domainsFor, domainsOf } from "./virtual-host-domains.ts";

/**
 * How each type of v3 is served. Without the services, so that a program which only builds and checks snapshots does
 * not load them.
 *
 * The order is that of a publication in ADS: the targets of references first. Secrets, runtime layers and extensions
 * have no place in it.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  {
    typeUrl: type.CLUSTER_TYPE,
    label: "CDS",
    order: 1,
    fullState: true,
    legacyWildcard: true,
    references: [
      { typeUrl: type.ENDPOINT_TYPE, namesIn: endpointsOfCluster },
      { typeUrl: type.ENDPOINT_TYPE, namesIn: endpointsOverAds, warms: true },
    ],
    uses: [{ typeUrl: type.SECRET_TYPE, namesIn: secretsOfCluster }],
  },
  {
    typeUrl: type.ENDPOINT_TYPE,
    label: "EDS",
    order: 2,
    // An Envoy that receives a cluster or its endpoints again warms all of them, and subscribes only to the new ones.
    references: [{ typeUrl: type.LB_ENDPOINT_TYPE, namesIn: collectionsOfEndpoints, resends: true }],
  },
  { typeUrl: type.LB_ENDPOINT_TYPE, label: "LEDS", order: 3 },
  {
    typeUrl: type.LISTENER_TYPE,
    label: "LDS",
    order: 4,
    fullState: true,
    legacyWildcard: true,
    references: [
      { typeUrl: type.ROUTE_TYPE, namesIn: routesInListener },
      { typeUrl: type.CLUSTER_TYPE, namesIn: clustersInListener },
    ],
    uses: [{ typeUrl: type.SECRET_TYPE, namesIn: secretsOfListener }],
  },
  {
    typeUrl: type.SCOPED_ROUTE_TYPE,
    label: "SRDS",
    order: 5,
    // Envoy removes the scopes that a response leaves out, as it does with listeners and clusters.
    fullState: true,
    legacyWildcard: true,
    references: [{ typeUrl: type.ROUTE_TYPE, namesIn: routeOfScope }],
  },
  {
    typeUrl: type.ROUTE_TYPE,
    label: "RDS",
    order: 6,
    references: [
      { typeUrl: type.CLUSTER_TYPE, namesIn: clustersInRoute },
      { typeUrl: type.VIRTUAL_HOST_TYPE, namesIn: virtualHostsOfRoute, resends: true },
    ],
  },
  {
    typeUrl: type.VIRTUAL_HOST_TYPE,
    label: "VHDS",
    order: 7,
    emptyMeansUnknown: true,
    aliases: { keysOf: domainsOf, keysFor: domainsFor },
    references: [{ typeUrl: type.CLUSTER_TYPE, namesIn: clustersInVirtualHost }],
  },
  { typeUrl: type.SECRET_TYPE, label: "SDS", secret: true },
  { typeUrl: type.RUNTIME_TYPE, label: "RTDS" },
  { typeUrl: type.EXTENSION_CONFIG_TYPE, label: "ECDS" },
  { typeUrl: type.RATE_LIMIT_CONFIG_TYPE, label: "RLS", fullState: true, legacyWildcard: true },
];
