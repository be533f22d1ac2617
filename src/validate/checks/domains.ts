import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { check } from "../check.ts";

/** A domain belongs to one virtual host. */
export const DUPLICATE_DOMAIN = check(RouteConfigurationSchema, "duplicate.domain", ({ virtualHosts }, at) => {
  const owners = new Map<string, string>();
  for (const [i, { name, domains }] of virtualHosts.entries()) {
    for (const [j, domain] of domains.entries()) {
      const key = domain.toLowerCase();
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else {
        at.error({
          path: `virtual_hosts[${i}].domains[${j}]`,
          message: "Must be in one virtual host only, and there once; letters count as the same in either case",
          value: domain,
          hint: `It is in the virtual host "${owner}" already`,
        });
      }
    }
  }
});

/** Envoy finds virtual hosts by domain; their names are for people and statistics. */
export const DUPLICATE_VIRTUAL_HOST = check(RouteConfigurationSchema, "duplicate.virtual_host", (routes, at) => {
  const names = new Set<string>();
  for (const [i, { name }] of routes.virtualHosts.entries()) {
    if (names.has(name)) {
      at.warning({
        path: `virtual_hosts[${i}].name`,
        message: "Must differ from that of any other virtual host",
        value: name,
      });
    }
    names.add(name);
  }
});

/** A star stands at the beginning or the end of a domain; elsewhere Envoy compares it as a character. */
export const DOMAIN_PATTERN = check(RouteConfigurationSchema, "route.domain_pattern", ({ virtualHosts }, at) => {
  for (const [i, { domains }] of virtualHosts.entries()) {
    for (const [j, domain] of domains.entries()) {
      const inner = domain.startsWith("*") ? domain.slice(1) : domain.endsWith("*") ? domain.slice(0, -1) : domain;
      if (!inner.includes("*")) continue;
      at.warning({
        path: `virtual_hosts[${i}].domains[${j}]`,
        message: "Must have a star at its beginning or its end only, since others match themselves",
        value: domain,
      });
    }
  }
});
