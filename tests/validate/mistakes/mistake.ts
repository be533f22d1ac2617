import type { Certificate } from "../../envoy/certificates.ts";
import type { Config, Json } from "./json.ts";

/** A mistake in a configuration that Envoy would accept without it. */
export interface Mistake {
  /** What is wrong, in a few words; it is there once. */
  readonly name: string;
  /** Makes it. */
  readonly make: (config: Config, certificates: readonly Certificate[]) => void;
}

/** Mistakes by their names. */
export function mistakes(list: Readonly<Record<string, Mistake["make"]>>): Mistake[] {
  return Object.entries(list).map(([name, make]) => ({ name, make }));
}

/** The HTTP connection manager with most filters. */
export function edgeManagerOf({ listeners }: Config): Json {
  return listeners["edge"].filter_chains[0].filters[0].typed_config;
}

/** One with routes of its own. */
export function inlineManagerOf({ listeners }: Config): Json {
  return listeners["edge"].filter_chains[1].filters[0].typed_config;
}

/** The first virtual host of the routes `web`. */
export function hostOf({ routes }: Config): Json {
  return routes["web"].virtual_hosts[0];
}

/** The endpoint of a cluster. */
export function endpointOf({ endpoints }: Config, name = "web"): Json {
  return endpoints[name].endpoints[0].lb_endpoints[0];
}
