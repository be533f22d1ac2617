import type { Resource } from "../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../src/v3/mod.ts";
import { echoCluster, echoEndpoints, httpListener, routes, type State } from "./config.ts";
import type { Mode } from "./modes.ts";

/** A change that Envoy rejects, and the ones that follow it. */
export interface RejectedCase {
  readonly what: string;
  readonly typeUrl: string;
  /** Envoy's own count of such rejections. */
  readonly stat: string;
  /** What Envoy says of it. */
  readonly reason: RegExp;
  readonly bad: (mode: Mode) => Resource;
  /** A good change of another type, which is published next. */
  readonly meanwhile: Partial<State>;
  /** A good change of the same type, which is published last. */
  readonly good: Partial<State>;
}

/** A case for each type. */
export const REJECTED: readonly RejectedCase[] = [
  {
    what: "listener",
    typeUrl: LISTENER_TYPE,
    stat: "listener_manager.lds.update_rejected",
    reason: /malformed IP address: nowhere/,
    bad: (mode) => httpListener(mode, "bad", "nowhere"),
    meanwhile: { version: "meanwhile" },
    good: { serverName: "good" },
  },
  {
    what: "cluster",
    typeUrl: CLUSTER_TYPE,
    stat: "cluster_manager.cds.update_rejected",
    reason: /ConnectTimeout: value must be greater than/,
    bad: (mode) => echoCluster(mode, 0),
    meanwhile: { version: "meanwhile" },
    good: { connectTimeoutSeconds: 2 },
  },
  {
    what: "route",
    typeUrl: ROUTE_TYPE,
    stat: "http.http.rds.routes.update_rejected",
    reason: /missing \)/,
    bad: () => routes("bad", "("),
    meanwhile: { upstream: "b" },
    good: { version: "good" },
  },
  {
    what: "set of endpoints",
    typeUrl: ENDPOINT_TYPE,
    stat: "cluster.echo.update_rejected",
    reason: /malformed IP address: nowhere/,
    bad: () => echoEndpoints(1, "nowhere"),
    meanwhile: { version: "meanwhile" },
    good: { upstream: "b" },
  },
];
