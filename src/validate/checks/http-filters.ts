import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { check } from "../check.ts";
import { typeNameOf } from "../known-types.ts";
import type { Place } from "../place.ts";
import { typeNameIn } from "../typed-struct.ts";

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
    const path = `http_filters[${i}]`;
    if (
      is === "configDiscovery" && i === last &&
      value.typeUrls.every((each) => NEVER_LAST.has(packageOf(typeNameOf(each))))
    ) {
      // Envoy takes it, and routes no request.
      at.warning({ path, message: "Must not be the last filter, which has to be the router", value: name });
    }
    // Types that are not known may be either.
    if (is !== "typedConfig") continue;
    const type = typeNameIn(value);
    if (type === ROUTER && i < last) {
      at.error({ path, message: "Must be the last filter, since it is the router, which ends the chain", value: name });
    } else if (i === last && NEVER_LAST.has(packageOf(type))) {
      at.error({ path, message: "Must not be the last filter, which has to be the router", value: name });
    } else if (type === ROUTER && disabled) {
      at.error({ path: `${path}.disabled`, message: "Must be false, since the router ends the chain", value: name });
    }
  }
}

const HTTP = "envoy.extensions.filters.http";
const ROUTER = `${HTTP}.router.v3.Router`;

/** The packages of filters of Envoy that pass requests on. */
const NEVER_LAST: ReadonlySet<string> = new Set([
  "adaptive_concurrency",
  "admission_control",
  "bandwidth_limit",
  "basic_auth",
  "buffer",
  "compressor",
  "cors",
  "csrf",
  "decompressor",
  "ext_authz",
  "ext_proc",
  "fault",
  "grpc_web",
  "header_mutation",
  "header_to_metadata",
  "health_check",
  "ip_tagging",
  "jwt_authn",
  "local_ratelimit",
  "lua",
  "oauth2",
  "on_demand",
  "ratelimit",
  "rbac",
  "set_metadata",
  "stateful_session",
]);

/** `cors` of `envoy.extensions.filters.http.cors.v3.Cors`. */
function packageOf(type: string): string {
  return type.startsWith(`${HTTP}.`) ? type.slice(HTTP.length + 1).split(".", 1)[0]! : "";
}
