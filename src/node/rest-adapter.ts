import { createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { PEER } from "../server/mod.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { peerOf } from "./peer-address.ts";
import { INTERNAL, refuse } from "./refusal.ts";

/**
 * Adapts the handler of a REST path past Connect's adapter: a poll is short, and most of its cost would be what the
 * adapter prepares for streams. The result does not reject.
 */
export function restAdapter(
  handler: UniversalHandler,
): (request: NodeServerRequest, response: NodeServerResponse) => Promise<void> {
  return async function adapt(request, response) {
    const disconnected = new AbortController();
    response.once("close", () => {
      if (!response.writableEnded) disconnected.abort();
    });
    const header = new Headers();
    for (const name of HEADERS) {
      const value = request.headers[name];
      if (value !== undefined) header.set(name, value);
    }
    try {
      const { status, header: headers, body } = await handler({
        httpVersion: request.httpVersion,
        method: request.method ?? "",
        url: request.url ?? "",
        header,
        body: request as AsyncIterable<Uint8Array>,
        signal: disconnected.signal,
        contextValues: createContextValues().set(PEER, peerOf(request)),
      });
      const chunk = await body?.[Symbol.asyncIterator]().next();
      if (disconnected.signal.aborted) return;
      response.writeHead(status, headers && Object.fromEntries(headers));
      response.end(chunk?.value);
    } catch {
      if (!disconnected.signal.aborted && !response.headersSent) refuse(request, response, INTERNAL);
    }
  };
}

/** The headers that describe a body: no others are read. */
const HEADERS = ["content-type", "content-encoding", "content-length"] as const;
