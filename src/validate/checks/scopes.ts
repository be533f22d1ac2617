import { ScopedRouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/scoped_route_pb.ts";
import {
  ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractorSchema as ExtractorSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { check } from "../check.ts";

/** A key chooses one scope. */
export const SCOPE_KEY = check(ScopedRouteConfigurationSchema, "duplicate.scope_key", ({ key }, at) => {
  if (key === undefined || at.ancestors.length > 1) return;
  const what = key.fragments.map(({ type }) => type.case === "stringKey" ? type.value : "").join(", ");
  at.claim({ key: what, what, path: "key", severity: "warning" });
});

/** A scope has its routes by name or inline. */
export const SCOPE_ROUTES = check(ScopedRouteConfigurationSchema, "scope.routes", (scope, at) => {
  if (scope.routeConfigurationName !== "" || scope.routeConfiguration !== undefined) return;
  at.error({ message: "Must have a route_configuration_name or a route_configuration" });
});

/** The value of a header is one element, or is split into several of which one is taken. */
export const SCOPE_KEY_BUILDER = check(
  ExtractorSchema,
  "scope.key_builder",
  ({ elementSeparator, extractType }, at) => {
    const { case: is, value } = extractType;
    if (is === undefined) at.error({ message: "Must have an index or an element" });
    if (is === "index" && value > 0 && elementSeparator === "") {
      at.error({ path: "index", message: "Must be 0, since there is no element_separator", value: `${value}` });
    }
  },
);
