import type { connectNodeAdapter } from "@connectrpc/connect-node";

/** What the adapter makes of a router. */
export type NodeHandler = ReturnType<typeof connectNodeAdapter>;

export type NodeServerRequest = Parameters<NodeHandler>[0];

export type NodeServerResponse = Parameters<NodeHandler>[1];
