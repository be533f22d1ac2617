import { Code, ConnectError } from "@connectrpc/connect";
import type { AuthorizationRequest, Authorize } from "./authorize.ts";

/** Options of {@link bindNode}. */
export interface BindNodeOptions {
  /**
   * The node id that a client may have; undefined for a client without an identity. Default: the SPIFFE id of its
   * certificate. It may look at anything but the node, such as a token in the headers.
   */
  readonly idOf?: (
    request: Omit<AuthorizationRequest, "node">,
  ) => string | undefined | Promise<string | undefined>;
}

/**
 * Binds the id of a node to the identity of its client, so that no client gets the configuration of another:
 * `createDiscoveryServer({ cache, authorize: bindNode({ idOf: ({ certificate }) => certificate?.commonName }) })`.
 * A client without an identity gets UNAUTHENTICATED, and one with another id PERMISSION_DENIED.
 */
export function bindNode({ idOf = spiffeIdOf }: BindNodeOptions = {}): Authorize {
  return function authorize({ node, ...rest }) {
    const id = idOf(rest);
    // Resolved first: the `then` of another promise may return nothing, and a decision that is nothing allows.
    if (typeof id === "object") return Promise.resolve(id).then((each) => isBound(each, node.id));
    return isBound(id, node.id);
  };
}

function isBound(id: string | undefined, nodeId: string): boolean | Error {
  if (id === undefined || id === "") return new ConnectError("The client has no identity", Code.Unauthenticated);
  return id === nodeId;
}

function spiffeIdOf({ certificate }: Omit<AuthorizationRequest, "node">): string | undefined {
  return certificate?.spiffeId;
}
