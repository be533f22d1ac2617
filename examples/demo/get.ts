import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as requestInClear } from "node:http";
import { request as requestOverTls } from "node:https";

/** The response to {@link get}. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Options of {@link get}. */
export interface GetOptions {
  readonly headers?: OutgoingHttpHeaders;
  /** How long to wait for the response, in milliseconds. Default: 5,000. */
  readonly timeoutMs?: number;
  /** The pool of connections. Default: none; the request has its own connection. */
  readonly agent?: Agent | false;
}

/** Sends a GET request; by default over its own connection, which no earlier listener has accepted. */
export function get(
  url: string,
  { headers, timeoutMs = 5_000, agent = false }: GetOptions = {},
): Promise<HttpResponse> {
  const request = url.startsWith("https:") ? requestOverTls : requestInClear;
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, timeout: timeoutMs, ...(headers && { headers }) }, async (response) => {
      try {
        let body = "";
        for await (const chunk of response.setEncoding("utf8")) body += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      } catch (error) {
        reject(error);
      }
    });
    sent.on("timeout", () => sent.destroy(new Error(`No response from ${url} within ${timeoutMs} ms`)));
    sent.on("error", reject);
    sent.end();
  });
}
