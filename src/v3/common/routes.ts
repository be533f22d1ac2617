import { VirtualHostSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { Resource } from "../../resource/mod.ts";
import { withDurations } from "./fields.ts";
import type { VirtualHostFields } from "./message-fields.ts";
import { routeInit, type RouteRule, type RouteTarget } from "./route-rule.ts";

/**
 * Routes by the prefix of the path: each leads to a cluster, or has more options. Longer prefixes go first, whatever their
 * order here.
 */
export type RouteTable = Readonly<Record<`/${string}`, string | RouteTarget>>;

/** The routes of one virtual host: a table by prefix, or a list, of which the first one that matches counts. */
export type HostRoutes = RouteTable | readonly RouteRule[];

/** The routes of some domains. Also any other field of `VirtualHost`. */
export interface DomainRoutes extends VirtualHostFields {
  /** The domains, such as `"example.com"`, `"*.example.com"`, `"*"`. */
  readonly domains: readonly string[];
  /** The routes of these domains. */
  readonly routes: HostRoutes;
  /** The name in statistics. Default: the first domain. */
  readonly name?: string;
}

/** The routes of all domains, or a list of virtual hosts. */
export type Routes = HostRoutes | readonly DomainRoutes[];

/** The fields of the virtual hosts of a `RouteConfiguration`. */
export function virtualHostsOf(routes: Routes) {
  checkShape(routes);
  if (isVirtualHosts(routes)) return routes.map(virtualHostOf);
  return [virtualHostOf({ name: "all", domains: ["*"], routes })];
}

function checkShape(routes: Routes): void {
  if (routes instanceof Resource) {
    throw new TypeError(`Cannot use a resource as routes: give its name, "${routes.name}", in place of the resource`);
  }
  if (typeof routes !== "object" || routes === null) {
    throw new TypeError(`Cannot use "${routes}" as routes: give a table or a list`);
  }
}

function isVirtualHosts(routes: Routes): routes is readonly DomainRoutes[] {
  if (!Array.isArray(routes)) return false;
  const count = routes.filter((each) => "domains" in each).length;
  if (count === 0 || count === routes.length) return count > 0;
  throw new TypeError("Cannot use a list that mixes them: give either virtual hosts or routes");
}

function virtualHostOf({ domains, routes, name = domains[0], ...fields }: DomainRoutes) {
  if (name === undefined) throw new TypeError('Cannot make a virtual host without domains; ["*"] is for all of them');
  const rules = Array.isArray(routes) ? routes as readonly RouteRule[] : rulesOf(routes as RouteTable);
  return withDurations(VirtualHostSchema, { ...fields, name, domains: [...domains], routes: rules.map(routeInit) });
}

/** An Envoy takes the first route that matches, so that a short prefix would hide the longer ones after it. */
function rulesOf(table: RouteTable): RouteRule[] {
  const rules = Object.entries(table).map(([prefix, target]): RouteRule & { readonly prefix: string } => {
    if (!prefix.startsWith("/")) {
      throw new TypeError(
        `Cannot use "${prefix}" as the prefix of a path: it must begin with a slash; ` +
          "domains are given in a list, as [{ domains, routes }]",
      );
    }
    return { ...typeof target === "string" ? { cluster: target } : target, prefix };
  });
  return rules.sort((a, b) => b.prefix.length - a.prefix.length);
}
