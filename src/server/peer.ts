import { type ContextKey, createContextKey } from "@connectrpc/connect";

/**
 * The address of the client, such as `127.0.0.1:54321`. `listen()` sets it; with another adapter, set it in its
 * `contextValues`, or `StreamInfo.peer` is undefined.
 */
export const PEER: ContextKey<string | undefined> = createContextKey<string | undefined>(undefined, {
  description: "address of the xDS client",
});
