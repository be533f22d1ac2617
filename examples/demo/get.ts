import { type IncomingHttpHeaders, request } from "node:http";

/** An answer to {@link get}. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a GET request over a connection of its own, which no earlier listener or route can have a hand in. */
export function get(url: string, { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, timeout: timeoutMs }, async (response) => {
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
