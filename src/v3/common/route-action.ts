import { RetryPolicySchema, RouteActionSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { duration, type DurationValue } from "./duration.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { RetryFields, RouteActionFields } from "./message-fields.ts";
import { type ClusterWeights, weightedClusters } from "./weights.ts";

/** When a request is sent again. Also other fields of `RetryPolicy`, such as `perTryTimeout` or `retryBackOff`. */
export interface RetryOptions extends RetryFields {
  /** How often at most, after the first attempt. Default: 1. */
  readonly attempts?: number;
  /**
   * The conditions, with commas between them, such as `"5xx,reset"`. Default: `connect-failure,refused-stream,unavailable`,
   * in which cases the host has not processed the request.
   */
  readonly on?: string;
}

/** What a request becomes before it is sent to the host. */
export interface RewriteOptions {
  /** What the matched prefix of the path becomes. Both end with a slash, or neither: of `/a` to `/` comes `//b`. */
  readonly prefix?: string;
  /** What the header `Host` becomes; `true` for the name of the host that the request is sent to. */
  readonly host?: string | true;
  /** What the part of the path that matches a pattern in RE2's syntax becomes, with `\1` for its groups. */
  readonly regex?: { readonly pattern: string; readonly to: string };
}

/** Where requests are forwarded to, and how. */
export interface ForwardOptions {
  /** The name of the cluster. */
  readonly cluster?: string;
  /** Several clusters with their shares, in place of `cluster`: `{ stable: 95, canary: 5 }`. */
  readonly clusters?: ClusterWeights;
  /** How long the whole response may take; 0 for any time, as streams need it. Default: Envoy's, 15 s. */
  readonly timeout?: DurationValue;
  /** Sends requests again: how often, or with more options. Default: never. */
  readonly retry?: number | RetryOptions;
  /** Changes the path or the host: what the matched prefix becomes, or with more options. Default: nothing. */
  readonly rewrite?: string | RewriteOptions;
  /** Any other field of `RouteAction`, such as `hashPolicy` or `idleTimeout`. Default: none. */
  readonly forward?: RouteActionFields;
}

type Action = Fields<typeof RouteActionSchema>;

/** The fields of a `RouteAction`. */
export function routeAction({ cluster, clusters, timeout, retry, rewrite, forward = {} }: ForwardOptions) {
  const action: Action = { ...forward };
  if (clusters !== undefined) {
    action.clusterSpecifier = { case: "weightedClusters", value: { clusters: weightedClusters(clusters) } };
  } else {
    action.clusterSpecifier = { case: "cluster", value: cluster! };
  }
  if (timeout !== undefined) action.timeout = duration(timeout, "timeout");
  if (retry !== undefined) action.retryPolicy = retryPolicy(typeof retry === "number" ? { attempts: retry } : retry);
  if (rewrite !== undefined) applyRewrite(action, typeof rewrite === "string" ? { prefix: rewrite } : rewrite);
  return withDurations(RouteActionSchema, action);
}

function retryPolicy({ attempts = 1, on = NOT_PROCESSED, ...fields }: RetryOptions) {
  return { ...withDurations(RetryPolicySchema, fields), numRetries: attempts, retryOn: on };
}

const NOT_PROCESSED = "connect-failure,refused-stream,unavailable";

function applyRewrite(action: Action, { prefix, host, regex }: RewriteOptions): void {
  if (prefix !== undefined && regex !== undefined) {
    throw new TypeError("Cannot rewrite a path by prefix and regex: give one of them");
  }
  if (prefix !== undefined) action.prefixRewrite = prefix;
  if (regex !== undefined) action.regexRewrite = { pattern: { regex: regex.pattern }, substitution: regex.to };
  if (host === true) action.hostRewriteSpecifier = { case: "autoHostRewrite", value: { value: true } };
  else if (host !== undefined) action.hostRewriteSpecifier = { case: "hostRewriteLiteral", value: host };
}
