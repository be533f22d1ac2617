import {
  DirectResponseActionSchema,
  RetryPolicy_RetryBackOffSchema,
  RetryPolicySchema,
  RouteAction_RequestMirrorPolicySchema,
  RouteActionSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { check } from "../check.ts";
import { nanosOf } from "./duration.ts";

/** A path is rewritten in one way. */
export const PATH_REWRITE = check(RouteActionSchema, "route.path_rewrite", (action, at) => {
  // Most routes rewrite nothing, and there are many of them.
  if (action.prefixRewrite === "" && action.pathRewrite === "" && action.regexRewrite === undefined) return;
  const given = [
    ["prefix_rewrite", action.prefixRewrite !== ""],
    ["regex_rewrite", action.regexRewrite !== undefined],
    ["path_rewrite_policy", action.pathRewritePolicy !== undefined],
    ["path_rewrite", action.pathRewrite !== ""],
  ].filter(([, isGiven]) => isGiven).map(([name]) => name as string);
  if (given.length < 2) return;
  at.error({ path: given[1]!, message: `Must not be there together with ${given[0]}` });
});

/** Requests are mirrored to a cluster, or to the one that a header names. */
export const MIRROR = check(RouteAction_RequestMirrorPolicySchema, "route.mirror", ({ cluster, clusterHeader }, at) => {
  if ((cluster === "") !== (clusterHeader === "")) return;
  at.error({ message: "Must have a cluster or a cluster_header, and not both" });
});

/** The longest wait between two tries is no shorter than the first. */
export const RETRY_BACK_OFF = check(RetryPolicy_RetryBackOffSchema, "route.retry_back_off", (backOff, at) => {
  const { baseInterval, maxInterval } = backOff;
  if (baseInterval === undefined || maxInterval === undefined || nanosOf(maxInterval) >= nanosOf(baseInterval)) return;
  at.error({ path: "max_interval", message: "Must be at least the base_interval" });
});

/** Envoy skips conditions of retries that it does not know. */
export const RETRY_ON = check(RetryPolicySchema, "route.retry_on", ({ retryOn }, at) => {
  for (const condition of retryOn.split(",").map((each) => each.trim())) {
    if (condition === "" || RETRY_CONDITIONS.has(condition)) continue;
    at.warning({
      path: "retry_on",
      message: "Must be conditions of retries with commas between them",
      value: condition,
    });
  }
});

/** A body in a route is short. */
export const DIRECT_RESPONSE = check(DirectResponseActionSchema, "route.direct_response_body", ({ body }, at) => {
  const { case: is, value } = body?.specifier ?? { case: undefined };
  const length = is === "inlineString"
    ? new TextEncoder().encode(value).length
    : is === "inlineBytes"
    ? value.length
    : 0;
  const max = at.around(RouteConfigurationSchema)?.maxDirectResponseBodySizeBytes ?? 4096;
  if (length <= max) return;
  at.error({
    path: "body",
    message: `Must have at most ${max} bytes`,
    value: `${length} bytes`,
    hint: "Raise max_direct_response_body_size_bytes of the route configuration",
  });
});

// Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
const RETRY_CONDITIONS: ReadonlySet<string> = new Set([
  ...["5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx"],
  ...["refused-stream", "retriable-status-codes", "retriable-headers", "http3-post-connect-failure"],
  ...["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"],
]);
