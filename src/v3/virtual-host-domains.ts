import { type Resource, stringsAt } from "../resource/mod.ts";

// How Envoy finds the virtual host of a request: so that a host on demand gets the virtual host that Envoy would choose.
// Source: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto

/** The domains of a virtual host, each after the name of the route configuration: `routes/*.example.com`. */
export function domainsOf({ name, bytes, aliases }: Resource): readonly string[] {
  const { routes } = split(name);
  return [...stringsAt(bytes, [DOMAINS]).map((domain) => routes + domain.toLowerCase()), ...aliases];
}

/**
 * The domains that match a host, the best first: the host itself, then `*.example.com` and `example.*`, longer ones
 * first, then `*`. The port is a part of the host if a domain has it, and is ignored otherwise.
 *
 * @param name - the name that Envoy subscribes to: `routes/www.example.com:8080`
 */
export function* domainsFor(name: string): Iterable<string> {
  const { routes, rest } = split(name);
  const host = rest.toLowerCase();
  const withoutPort = host.replace(/:\d+$/, "");
  const forms = host === withoutPort ? [host] : [host, withoutPort];
  for (const form of forms) yield routes + form;
  if (host.length <= MAX_HOST) {
    // The star stands for one character at least.
    for (const form of forms) for (let i = 1; i < form.length; i++) yield `${routes}*${form.slice(i)}`;
    for (const form of forms) for (let i = form.length - 1; i > 0; i--) yield `${routes}${form.slice(0, i)}*`;
  }
  yield `${routes}*`;
}

/** Field number of `VirtualHost.domains`. */
const DOMAINS = 2;

/** A name in DNS has at most 253 characters. Longer hosts are not compared with patterns, which is quadratic. */
const MAX_HOST = 512;

function split(name: string): { readonly routes: string; readonly rest: string } {
  const slash = name.lastIndexOf("/");
  return { routes: name.slice(0, slash + 1), rest: name.slice(slash + 1) };
}
