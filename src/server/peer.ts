import { createContextKey } from "@connectrpc/connect";
import type { ClientCertificate } from "../stream/mod.ts";
import type { ContextKey } from "./connect-types.ts";

/**
 * The address of the client, such as `127.0.0.1:54321`, as callbacks and `server.status()` show it. `listen()` sets it.
 * With {@link DiscoveryServer.routes} on a router of your own, set it in the `contextValues` of the adapter; otherwise
 * {@link StreamInfo.peer} is undefined.
 *
 * ```ts
 * import { createContextValues } from "@connectrpc/connect";
 * import { connectNodeAdapter } from "@connectrpc/connect-node";
 * import { PEER } from "ts-control-plane";
 *
 * connectNodeAdapter({
 *   routes: server.routes,
 *   contextValues: (request) => createContextValues().set(PEER, request.socket.remoteAddress),
 * });
 * ```
 */
export const PEER: ContextKey<string | undefined> = createContextKey<string | undefined>(undefined, {
  description: "address of the xDS client",
});

/**
 * The certificate of the client, whose authority was verified, as `authorize`, callbacks and `server.status()` get it.
 * `listen()` and `restListener()` set it. With {@link DiscoveryServer.routes} on a router of your own, set it in the
 * `contextValues` of the adapter, as {@link PEER}.
 */
export const CERTIFICATE: ContextKey<ClientCertificate | undefined> = createContextKey<ClientCertificate | undefined>(
  undefined,
  { description: "certificate of the xDS client" },
);
