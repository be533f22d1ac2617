import {
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  ClusterSchema,
} from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { type Resource, resource } from "../../resource/mod.ts";
import { ads } from "../config-source.ts";
import type { ConfigSource, TransportSocket } from "../message-types.ts";
import { clusterEndpoints } from "./cluster-endpoints.ts";
import { endpointGroups } from "./endpoint-groups.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { AddressKind, Host } from "./host.ts";
import { http2Upstream } from "./http2-upstream.ts";
import type { ClusterFields, Http2Fields } from "./message-fields.ts";
import type { ResourcePart } from "./resource-part.ts";
import { upstreamTls, type UpstreamTlsOptions } from "./tls.ts";

/**
 * What makers of clusters take: any other field of `Cluster`, such as `lbPolicy`, `healthChecks`, `circuitBreakers` or
 * `connectTimeout`.
 */
export interface ClusterOptions extends ClusterFields, ResourcePart {
  /** Speaks TLS to the hosts: options of {@link upstreamTls}, or what it makes. Default: plaintext. */
  readonly tls?: UpstreamTlsOptions | TransportSocket;
  /** Speaks HTTP/2 to the hosts, as gRPC needs it; also fields of `Http2ProtocolOptions`. Default: HTTP/1.1. */
  readonly http2?: boolean | Http2Fields;
}

/** Options of {@link edsCluster}. */
export interface EdsClusterOptions extends ClusterOptions {
  /** The name of the endpoints in EDS. Default: that of the cluster. */
  readonly serviceName?: string;
  /** Where the endpoints come from. Default: ADS. */
  readonly source?: ConfigSource;
}

/**
 * Makes a cluster and its endpoints, served by CDS and EDS: two resources, to be spread into a list. Only the second one
 * changes when hosts do; {@link clusterEndpoints} makes it alone.
 *
 * @param name - the name of the cluster
 * @param hosts - its hosts, with IP addresses; none if there are none at the moment
 * @param options - other fields of the cluster
 * @throws TypeError or RangeError for a host that cannot be used
 *
 * @example
 * ```ts
 * cache.setSnapshot("node1", [...edsCluster("echo", ["10.0.0.1:8080"], { connectTimeout: "250ms" })]);
 * ```
 */
export function edsCluster(
  name: string,
  hosts: readonly Host[],
  { serviceName, source = ads(), ...options }: EdsClusterOptions = {},
): [cluster: Resource, endpoints: Resource] {
  const edsClusterConfig = { edsConfig: source, ...serviceName !== undefined && { serviceName } };
  return [
    clusterOf(name, Cluster_DiscoveryType.EDS, { edsClusterConfig, ...options }),
    clusterEndpoints(serviceName ?? name, hosts),
  ];
}

/**
 * Makes a cluster with its hosts inside, which no EDS is needed for.
 *
 * @param name - the name of the cluster
 * @param hosts - its hosts, with IP addresses
 * @param options - other fields of the cluster
 * @throws TypeError or RangeError for a host that cannot be used
 *
 * @example
 * ```ts
 * staticCluster("echo", ["127.0.0.1:8080"]);
 * ```
 */
export function staticCluster(name: string, hosts: readonly Host[], options: ClusterOptions = {}): Resource {
  return clusterOf(name, Cluster_DiscoveryType.STATIC, { ...options, ...inside(name, hosts, "ip") });
}

/** Options of {@link dnsCluster}. */
export interface DnsClusterOptions extends ClusterOptions {
  /**
   * Connects to one address at a time and keeps connections when it changes (`LOGICAL_DNS`), rather than to all of them
   * (`STRICT_DNS`). It takes one host, and is the only kind that gRPC clients know. Default: false.
   */
  readonly logical?: boolean;
}

/**
 * Makes a cluster whose hosts are names, which Envoy resolves. Of a name with addresses of both kinds IPv4 is preferred;
 * `dnsLookupFamily` changes that.
 *
 * @param name - the name of the cluster
 * @param hosts - its hosts, by name or address
 * @param options - other fields of the cluster
 * @throws TypeError or RangeError for a host that cannot be used, or for more than one of a logical cluster
 *
 * @example
 * ```ts
 * dnsCluster("api", ["api.example.com:443"], { tls: { sni: "api.example.com", ca: "public" } });
 * ```
 */
export function dnsCluster(
  name: string,
  hosts: readonly Host[],
  { logical = false, ...options }: DnsClusterOptions = {},
): Resource {
  if (logical && hosts.length !== 1) {
    throw new TypeError(`Cannot make the logical cluster "${name}" of ${hosts.length} hosts: it takes exactly one`);
  }
  return clusterOf(name, logical ? Cluster_DiscoveryType.LOGICAL_DNS : Cluster_DiscoveryType.STRICT_DNS, {
    dnsLookupFamily: Cluster_DnsLookupFamily.V4_PREFERRED,
    ...options,
    ...inside(name, hosts, "name"),
  });
}

function inside(name: string, hosts: readonly Host[], kind: AddressKind) {
  return { loadAssignment: { clusterName: name, endpoints: endpointGroups(name, hosts, kind) } };
}

type OfMaker = ClusterOptions & Pick<Fields<typeof ClusterSchema>, "loadAssignment">;

function clusterOf(name: string, type: Cluster_DiscoveryType, options: OfMaker): Resource {
  const { tls, http2 = false, resource: resourceOptions, ...fields } = options;
  const protocols = http2 === false ? undefined : http2Upstream(http2 === true ? {} : http2);
  return resource(ClusterSchema, {
    ...withDurations(ClusterSchema, fields),
    name,
    clusterDiscoveryType: { case: "type", value: type },
    ...tls !== undefined && { transportSocket: "$typeName" in tls ? tls as TransportSocket : upstreamTls(tls) },
    ...protocols && { typedExtensionProtocolOptions: { ...fields.typedExtensionProtocolOptions, ...protocols } },
  }, resourceOptions);
}
