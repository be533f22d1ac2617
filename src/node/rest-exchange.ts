import { createConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { type DiscoveryServer, PEER } from "../server/mod.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { peerOf } from "./peer-of.ts";
import { FAULT, refuse } from "./refusal.ts";

/** Answers a request if it is to a REST path, and says whether it is. */
export type RestExchange = (request: NodeServerRequest, response: NodeServerResponse) => boolean;

/**
 * Serves the REST paths of a server, past the adapter for all else: a poll is short, and most of its cost would be what
 * the adapter prepares for streams. Does not throw.
 */
export function createRestExchange(server: DiscoveryServer): RestExchange {
  const router = createConnectRouter();
  server.routes(router);
  const handlers = new Map(
    router.handlers.filter(({ protocolNames }) => protocolNames.includes("rest")).map((each) => [
      each.requestPath,
      each,
    ]),
  );
  return function exchange(request, response) {
    const handler = handlers.get(request.url?.split("?", 1)[0] ?? "");
    if (handler !== undefined) void answer(handler, request, response);
    return handler !== undefined;
  };
}

/** The headers that say what a body is: nothing looks at others. */
const HEADERS = ["content-type", "content-encoding", "content-length"] as const;

async function answer(
  handler: UniversalHandler,
  request: NodeServerRequest,
  response: NodeServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableEnded) gone.abort();
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
      signal: gone.signal,
      contextValues: createContextValues().set(PEER, peerOf(request)),
    });
    const chunk = await body?.[Symbol.asyncIterator]().next();
    if (gone.signal.aborted) return;
    response.writeHead(status, headers && Object.fromEntries(headers));
    response.end(chunk?.value);
  } catch {
    if (!gone.signal.aborted && !response.headersSent) refuse(request, response, FAULT);
  }
}
