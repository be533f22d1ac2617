import type { Http2SecureServer, Http2Server } from "node:http2";
import type { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";

/** A request of HTTP/1.1 or HTTP/2. */
export type NodeServerRequest = Parameters<typeof universalRequestFromNodeRequest>[0];

/** Where its response is written to. */
export type NodeServerResponse = Parameters<typeof universalResponseToNodeResponse>[1];

/** With or without TLS. */
export type HttpServer = Http2Server | Http2SecureServer;
