import { ScopedRouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/scoped_route_pb.ts";
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
