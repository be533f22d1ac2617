import { type Listener, ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import {
  type FilterChainMatch,
  FilterChainMatchSchema,
} from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { encode } from "../../resource/mod.ts";
import { check } from "../check.ts";

/** Envoy cannot choose between filter chains that match the same connections. */
export const FILTER_CHAIN_MATCH = check(ListenerSchema, "duplicate.filter_chain_match", (listener, at) => {
  // With a matcher of the listener, the chains are chosen by name.
  if (listener.filterChainMatcher !== undefined) return;
  const known = new Map<string, number>();
  for (const [i, { filterChainMatch }] of listener.filterChains.entries()) {
    for (const key of keysOf(filterChainMatch)) {
      const first = known.get(key);
      if (first === undefined) known.set(key, i);
      else if (first !== i) {
        at.error({
          path: filterChainMatch === undefined ? `filter_chains[${i}]` : `filter_chains[${i}].filter_chain_match`,
          message: `Must match other connections than filter_chains[${first}]`,
        });
        break;
      }
    }
  }
});

/** A listener of connections has a chain for them. */
export const FILTER_CHAINS = check(ListenerSchema, "listener.filter_chains", (listener, at) => {
  const { filterChains, defaultFilterChain, fcdsConfig } = listener;
  if (isUdp(listener) && filterChains.length > 0 && listener.udpListenerConfig?.quicOptions === undefined) {
    at.error({
      path: "filter_chains",
      message: "Must be empty, since the listener is one of UDP, without connections",
    });
  }
  if (filterChains.length > 0 || defaultFilterChain !== undefined || fcdsConfig !== undefined) return;
  if (listener.apiListener !== undefined || isUdp(listener)) return;
  at.error({ message: "Must have a filter chain" });
});

/** Envoy has no support for these fields. */
export const FILTER_CHAIN_SUFFIX = check(FilterChainMatchSchema, "filter_chain_match.suffix", (match, at) => {
  if (match.addressSuffix !== "") at.error({ path: "address_suffix", message: "Must be empty: Envoy lacks it" });
  if (match.suffixLen !== undefined) at.error({ path: "suffix_len", message: "Must not be there: Envoy lacks it" });
});

/** A star in a server name stands for whole labels. */
export const SERVER_NAMES = check(FilterChainMatchSchema, "filter_chain_match.server_name", ({ serverNames }, at) => {
  for (const [i, name] of serverNames.entries()) {
    if (!name.includes("*") || name === "*" || /^\*\.[^*]*$/.test(name)) continue;
    const message = 'Must have a star in place of its first labels only, as in "*.example.com"';
    at.error({ path: `server_names[${i}]`, message, value: name });
  }
});

function isUdp({ address, udpListenerConfig }: Listener): boolean {
  const { case: is, value } = address?.address ?? {};
  return udpListenerConfig !== undefined || is === "socketAddress" && value!.protocol === 1;
}

/** The matches that a chain stands for: one for each combination of what it lists. */
function* keysOf(match: FilterChainMatch | undefined): Iterable<string> {
  if (match === undefined) return yield "";
  const { serverNames, applicationProtocols, sourcePorts } = match;
  if (serverNames.length * applicationProtocols.length * sourcePorts.length > MAX_COMBINATIONS) return;
  for (const server of orNone(serverNames)) {
    for (const protocol of orNone(applicationProtocols)) {
      for (const port of sourcePorts.length > 0 ? sourcePorts : [0]) {
        const one: FilterChainMatch = {
          ...match,
          serverNames: [server.toLowerCase()],
          applicationProtocols: [protocol],
          sourcePorts: [port],
        };
        yield latin1.decode(encode(FilterChainMatchSchema, one));
      }
    }
  }
}

/** A combination is the bytes of a match, of which most listeners have a few. */
const MAX_COMBINATIONS = 10_000;
/** Any bytes, as characters that differ where the bytes do. */
const latin1 = new TextDecoder("latin1");

function orNone(list: readonly string[]): readonly string[] {
  return list.length > 0 ? list : [""];
}
