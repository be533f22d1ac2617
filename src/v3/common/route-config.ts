import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { type Resource, resource } from "../../resource/mod.ts";
import { withDurations } from "./fields.ts";
import type { RouteConfigFields } from "./message-fields.ts";
import type { ResourcePart } from "./resource-part.ts";
import { type Routes, virtualHostsOf } from "./routes.ts";

/** Options of {@link routeConfig}: any other field of `RouteConfiguration`, such as `responseHeadersToAdd`. */
export interface RouteConfigOptions extends RouteConfigFields, ResourcePart {}

/**
 * Makes a route configuration, served by RDS, of a short form of routes.
 *
 * @param name - the name that listeners refer to
 * @param routes - a table by prefix; a list of routes, of which the first one that matches counts; or a list of
 * `{ domains, routes }`
 * @param options - other fields of the message
 * @throws TypeError for a route that leads nowhere or to several places, and for one that cannot be read
 *
 * @example
 * ```ts
 * routeConfig("web", {
 *   "/": "echo",
 *   "/api": { clusters: { stable: 95, canary: 5 }, timeout: "3s", retry: 2, rewrite: "/v2" },
 *   "/old/": { redirect: { prefix: "/", status: 308 } },
 * });
 * routeConfig("web", [{ path: "/healthz", respond: { status: 200 } }, { headers: { "x-canary": true }, cluster: "b" }]);
 * routeConfig("web", [
 *   { domains: ["a.com"], routes: { "/": "a" } },
 *   { domains: ["*"], routes: { "/": "b" } },
 * ]);
 * ```
 */
export function routeConfig(
  name: string,
  routes: Routes,
  { resource: options, ...fields }: RouteConfigOptions = {},
): Resource {
  const init = { ...withDurations(RouteConfigurationSchema, fields), name, virtualHosts: virtualHostsOf(routes) };
  return resource(RouteConfigurationSchema, init, options);
}
