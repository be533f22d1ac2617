import {
  type Route,
  type RouteMatch,
  VirtualHostSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { check } from "../check.ts";

/** The first route that matches is taken, so that none after one for all paths is. */
export const UNREACHABLE_ROUTE = check(VirtualHostSchema, "route.unreachable", ({ routes }, at) => {
  const first = routes.findIndex(matchesAll);
  if (first < 0 || first === routes.length - 1) return;
  at.warning({
    path: `routes[${first + 1}]`,
    message: `Must come before routes[${first}], which matches all requests`,
    ...routes[first + 1]!.name !== "" && { value: routes[first + 1]!.name },
  });
});

function matchesAll({ match }: Route): boolean {
  return match !== undefined && match.pathSpecifier.case === "prefix" && match.pathSpecifier.value === "/" &&
    !hasConditions(match);
}

function hasConditions(match: RouteMatch): boolean {
  const { headers, queryParameters, cookies, dynamicMetadata, filterState, runtimeFraction, grpc, tlsContext } = match;
  return [headers, queryParameters, cookies, dynamicMetadata, filterState].some((list) => list.length > 0) ||
    [runtimeFraction, grpc, tlsContext].some((condition) => condition !== undefined);
}
