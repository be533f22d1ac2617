import type { Address } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import type { Place } from "../place.ts";
import { ipVersion } from "../rules/ip.ts";

/** Reports a socket address that is neither an IP address nor left to a resolver. */
export function checkIp({ address: { case: is, value } }: Address, at: Place, path: string): void {
  if (is !== "socketAddress" || value.resolverName !== "" || isIp(value.address)) return;
  at.error({ path: `${path}.socket_address.address`, message: "Must be an IP address", value: value.address });
}

/** An IPv6 address and a zone are shorter. */
const MAX_IP = 100;

/** Whether Envoy takes a text as an IP address; of IPv6 with the zone after a `%`. */
export function isIp(text: string): boolean {
  return text.length <= MAX_IP && ipVersion(text.replace(/(?<=:[^%]*)%.+$/, "")) !== undefined;
}
