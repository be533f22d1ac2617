import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { check } from "../check.ts";
import { typeNameOf } from "../known-types.ts";
import type { Place } from "../place.ts";

/** The router, which ends the chain, is its last filter. */
export const HTTP_FILTERS = check(HttpConnectionManagerSchema, "http_filters.terminal", (manager, at) => {
  const { httpFilters: filters } = manager;
  if (filters.length === 0) {
    return at.warning({
      path: "http_filters",
      message: "Must end with the router, without which no request is routed",
      hint: `Add a filter of type ${ROUTER}`,
    });
  }
  checkOrder(filters, at);
});

function checkOrder(filters: HttpConnectionManager["httpFilters"], at: Place): void {
  const last = filters.length - 1;
  for (const [i, { name, configType: { case: is, value }, disabled }] of filters.entries()) {
    // Filters by ECDS, and those of types that are not known, may be either.
    if (is !== "typedConfig") continue;
    const type = typeNameOf(value.typeUrl);
    const path = `http_filters[${i}]`;
    if (type === ROUTER && i < last) {
      at.error({ path, message: "Must be the last filter, since it is the router, which ends the chain", value: name });
    } else if (i === last && NEVER_LAST.has(type)) {
      at.error({ path, message: "Must not be the last filter, which has to be the router", value: name });
    } else if (type === ROUTER && disabled) {
      at.error({ path: `${path}.disabled`, message: "Must be false, since the router ends the chain", value: name });
    }
  }
}

const HTTP = "envoy.extensions.filters.http";
const ROUTER = `${HTTP}.router.v3.Router`;

/** Filters of Envoy that pass requests on. */
const NEVER_LAST: ReadonlySet<string> = new Set([
  `${HTTP}.adaptive_concurrency.v3.AdaptiveConcurrency`,
  `${HTTP}.admission_control.v3.AdmissionControl`,
  `${HTTP}.bandwidth_limit.v3.BandwidthLimit`,
  `${HTTP}.basic_auth.v3.BasicAuth`,
  `${HTTP}.buffer.v3.Buffer`,
  `${HTTP}.compressor.v3.Compressor`,
  `${HTTP}.cors.v3.Cors`,
  `${HTTP}.csrf.v3.CsrfPolicy`,
  `${HTTP}.decompressor.v3.Decompressor`,
  `${HTTP}.ext_authz.v3.ExtAuthz`,
  `${HTTP}.ext_proc.v3.ExternalProcessor`,
  `${HTTP}.fault.v3.HTTPFault`,
  `${HTTP}.grpc_web.v3.GrpcWeb`,
  `${HTTP}.header_mutation.v3.HeaderMutation`,
  `${HTTP}.header_to_metadata.v3.Config`,
  `${HTTP}.health_check.v3.HealthCheck`,
  `${HTTP}.ip_tagging.v3.IPTagging`,
  `${HTTP}.jwt_authn.v3.JwtAuthentication`,
  `${HTTP}.local_ratelimit.v3.LocalRateLimit`,
  `${HTTP}.lua.v3.Lua`,
  `${HTTP}.oauth2.v3.OAuth2`,
  `${HTTP}.on_demand.v3.OnDemand`,
  `${HTTP}.ratelimit.v3.RateLimit`,
  `${HTTP}.rbac.v3.RBAC`,
  `${HTTP}.set_metadata.v3.Config`,
  `${HTTP}.stateful_session.v3.StatefulSession`,
]);
