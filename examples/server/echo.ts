import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running upstream. */
export interface Upstream extends AsyncDisposable {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts an HTTP server on 127.0.0.1 that responds to every request with a description of it: the path and the headers as
 * they arrived.
 *
 * @param options - the port, 0 for any that is free, and the name that it gives itself in the header `x-upstream`
 */
export async function startEcho({ port, name = "echo" }: { port: number; name?: string }): Promise<Upstream> {
  const server = createServer((request, response) => {
    request.resume();
    const headers = Object.entries(request.headers).map(([key, value]) => `${key}: ${value}`);
    response.setHeader("content-type", "text/plain");
    response.setHeader("x-upstream", name);
    response.end([`${request.method} ${request.url}`, ...headers, ""].join("\n"));
  });
  // Whoever keeps a connection for later ends it, or the next request meets a connection that is just being closed.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close };
}
