import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as requestInClear } from "node:http";
import { request as requestOverTls } from "node:https";

/** An answer to {@link get}. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How {@link get} asks. */
export interface GetOptions {
  readonly headers?: OutgoingHttpHeaders;
  /** How long to wait for the answer. Default: 5,000. */
  readonly timeoutMs?: number;
  /** What keeps connections to be used again. Default: none; a connection of its own. */
  readonly agent?: Agent | false;
}

/** Sends a GET request; by default over a connection of its own, which no earlier listener or route has a hand in. */
export function get(url: string, { headers, timeoutMs = 5_000, agent = false }: GetOptions = {}): Promise<Answer> {
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
    sent.on("timeout", () => sent.destroy(new Error(`No answer from ${url} within ${timeoutMs} ms`)));
    sent.on("error", reject);
    sent.end();
  });
}
