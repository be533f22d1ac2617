import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Resource } from "../../mod.ts";
import type { Document } from "../../examples/your-own-cache/http.ts";
import { envoyTypes } from "../../src/files/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";

/** An HTTP server with a document of snapshots, as the example with HTTP reads it. */
export class Origin {
  readonly statuses: number[] = [];
  failing = false;
  readonly #snapshots: Record<string, Document["snapshots"][string]> = {};
  #revision = 0;
  readonly #server = createServer((request, response) => {
    const etag = `"${this.#revision}"`;
    const status = this.failing ? 503 : request.headers["if-none-match"] === etag ? 304 : 200;
    this.statuses.push(status);
    response.writeHead(status, { etag });
    response.end(status === 200 ? JSON.stringify({ snapshots: this.#snapshots }) : undefined);
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(key: string, resources: Iterable<Resource> | undefined): void {
    this.#revision++;
    delete this.#snapshots[key];
    if (resources === undefined) return;
    this.#snapshots[key] = Array.from(resources, (each) => each.toJson(envoyTypes));
  }

  /** Publishes what has a mistake. */
  break(key: string): void {
    this.#revision++;
    this.#snapshots[key] = [{ "@type": CLUSTER_TYPE, nmae: "a" }];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
