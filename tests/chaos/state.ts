import { DownstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import type { Resource } from "../../mod.ts";
import { httpConnectionManager, listener, secret, socketAddress, typedConfig } from "../../src/v3/mod.ts";
import type { Certificate } from "../envoy/certificates.ts";
import { edsCluster, endpointAt, routesOf, toCluster } from "../envoy/make.ts";
import { type Mode, sourceOf } from "../envoy/modes.ts";
import { Random } from "./random.ts";

/** The listeners of an Envoy: in clear, and by TLS with a secret of SDS. Each has routes of its own name. */
export const LISTENERS = ["http", "https"] as const;

/** How many paths the routes lead to clusters: `/0`, `/1` and so on. */
export const PATHS = 3;

/** The configuration of one Envoy, as JSON, so that every process makes the same resources of it. */
export interface State {
  /** The routes' own, which each response shows in its header `x-config-version`. */
  readonly version: number;
  readonly clusters: readonly ClusterState[];
  /** The cluster of each path. */
  readonly routes: readonly string[];
  /** What the listeners show in the response header `server`. */
  readonly serverName: string;
  /** Which certificate the secret has. */
  readonly certificate: number;
  /** Resources are published in an order that follows from it. */
  readonly order: number;
  /** Which type has a resource that Envoy rejects. Default: none. */
  readonly rejected?: Rejected | undefined;
}

/** A type with a resource that Envoy rejects. */
export type Rejected = "cluster" | "endpoints" | "listener" | "routes" | "secret";

/** A cluster and its endpoints. */
export interface ClusterState {
  readonly name: string;
  readonly connectTimeoutMs: number;
  readonly upstream: number;
}

/** What resources depend on beside the state. */
export interface Surroundings {
  readonly mode: Mode;
  /** The ports of the listeners. */
  readonly ports: Readonly<Record<typeof LISTENERS[number], number>>;
  /** The ports of the upstreams. */
  readonly upstreams: readonly number[];
  readonly certificates: readonly Certificate[];
}

/** The resources of a state. */
export function resourcesOf(state: State, surroundings: Surroundings): Resource[] {
  const { mode, upstreams } = surroundings;
  const isRejected = (type: Rejected): boolean => state.rejected === type;
  const resources = [
    ...state.clusters.flatMap(({ name, connectTimeoutMs, upstream }, i) => [
      edsCluster(mode, name, { connectTimeout: duration(i === 0 && isRejected("cluster") ? 0 : connectTimeoutMs) }),
      endpointAt(name, upstreams[upstream]!, i === 0 && isRejected("endpoints") ? "nowhere" : undefined),
    ]),
    ...LISTENERS.flatMap((name) => [
      listenerOf(name, state, surroundings),
      routesOf(name, `${state.version}`, [
        ...state.routes.map((cluster, path) => toCluster(cluster, `/${path}`)),
        ...isRejected("routes") ? [UNREADABLE_ROUTE] : [],
      ]),
    ]),
    secretOf(state, surroundings),
  ];
  return new Random(state.order).shuffled(resources);
}

const UNREADABLE_ROUTE: ReturnType<typeof toCluster> = {
  match: { pathSpecifier: { case: "safeRegex", value: { regex: "(" } } },
  action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "none" } } },
};

function duration(ms: number) {
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: ms % 1000 * 1_000_000 };
}

function listenerOf(name: typeof LISTENERS[number], state: State, { mode, ports }: Surroundings): Resource {
  const serverName = state.rejected === "listener" ? "new\nline" : state.serverName;
  const rds = { routeConfigName: name, configSource: sourceOf(mode) };
  return listener({
    name,
    address: socketAddress("127.0.0.1", ports[name]),
    filterChains: [{
      ...name === "https" ? { transportSocket: tlsBy(mode) } : {},
      filters: [httpConnectionManager({ serverName, routeSpecifier: { case: "rds", value: rds } })],
    }],
  });
}

function tlsBy(mode: Mode) {
  const context = typedConfig(DownstreamTlsContextSchema, {
    commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "certificate", sdsConfig: sourceOf(mode) }] },
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } } as const;
}

/** Envoy rejects a key that is not that of the certificate. */
function secretOf(state: State, { certificates }: Surroundings): Resource {
  const { cert, key } = certificates[state.certificate]!;
  const other = certificates[(state.certificate + 1) % certificates.length]!;
  return secret({
    name: "certificate",
    type: {
      case: "tlsCertificate",
      value: {
        certificateChain: { specifier: { case: "inlineString", value: cert } },
        privateKey: { specifier: { case: "inlineString", value: state.rejected === "secret" ? other.key : key } },
      },
    },
  });
}
