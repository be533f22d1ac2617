import { type Address, SocketAddress_Protocol } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import { type Listener, ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { check } from "../check.ts";
import { checkIp } from "./ip-address.ts";

/** A listener has an address, which is one of IP; that of a gRPC client has none. */
export const LISTENER_ADDRESS = check(ListenerSchema, "listener.address", (listener, at) => {
  if (listener.address === undefined) {
    if (listener.apiListener !== undefined || listener.listenerSpecifier.case !== undefined) return;
    return at.error({ message: "Must have an address, an api_listener or an internal_listener" });
  }
  if (listener.listenerSpecifier.case === "internalListener") {
    return at.error({ path: "address", message: "Must not be there, since the listener is an internal one" });
  }
  for (const { address, path } of addressesOf(listener)) checkIp(address, at, path);
});

/** No two listeners bind the same port of the same address. */
export const LISTENER_ADDRESS_ONCE = check(ListenerSchema, "duplicate.listener_address", (listener, at) => {
  if (listener.bindToPort === false) return;
  for (const { address: { address: { case: is, value } }, path } of addressesOf(listener)) {
    if (is !== "socketAddress" || value.portSpecifier.case !== "portValue" || value.portSpecifier.value === 0) continue;
    const protocol = value.protocol === SocketAddress_Protocol.UDP ? "UDP" : "TCP";
    const host = value.address.includes(":") ? `[${value.address}]` : value.address;
    const what = `${host}:${value.portSpecifier.value} of ${protocol}`;
    at.claim({
      key: `${what} ${value.networkNamespaceFilepath}`,
      what,
      path: `${path}.socket_address`,
      severity: "error",
    });
  }
});

function* addressesOf(
  { address, additionalAddresses }: Listener,
): Iterable<{ readonly address: Address; readonly path: string }> {
  if (address !== undefined) yield { address, path: "address" };
  for (const [i, { address }] of additionalAddresses.entries()) {
    if (address !== undefined) yield { address, path: `additional_addresses[${i}].address` };
  }
}
