import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { clientContext } from "./client-context.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { INTERNAL, refuse } from "./refusal.ts";
import { RequestBody } from "./request-body.ts";
import { writeBody } from "./response-writer.ts";

/**
 * Adapts the handler of a REST path past Connect's adapter: a poll is short, and most of its cost would be what the
 * adapter prepares for streams.
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
    const contextValues = clientContext(request, response);
    try {
      const { status, header: headers, body } = await handler({
        httpVersion: request.httpVersion,
        method: request.method ?? "",
        url: request.url ?? "",
        header,
        body: new RequestBody(request),
        signal: disconnected.signal,
        contextValues,
      });
      const chunks = body?.[Symbol.asyncIterator]();
      if (disconnected.signal.aborted) return void chunks?.return?.();
      response.writeHead(status, headers && Object.fromEntries(headers));
      if (chunks === undefined) response.end();
      else await writeBody(response, chunks, headers?.get("content-length"));
    } catch (error) {
      if (disconnected.signal.aborted) return;
      if (response.headersSent) throw error;
      refuse(request, response, INTERNAL);
    }
  };
}

/** The headers that describe a body: the others are read from the context, if at all. */
const HEADERS = ["content-type", "content-encoding", "content-length"] as const;
