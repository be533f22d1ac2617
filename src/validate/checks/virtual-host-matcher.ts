import { VirtualHostSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { check } from "../check.ts";

/** A virtual host has its routes as a list, or as a matcher. */
export const VIRTUAL_HOST_MATCHER = check(VirtualHostSchema, "route.matcher", ({ matcher, routes }, at) => {
  if (matcher === undefined || routes.length === 0) return;
  at.error({ path: "matcher", message: "Must not be there together with routes" });
});
