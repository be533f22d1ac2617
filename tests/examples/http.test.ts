import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import type { Resource } from "../../mod.ts";
import { type Document, httpCache } from "../../examples/your-own-cache/http.ts";
import { testCache } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";

/** A server of such a document. */
class Origin {
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

  publish(key: string, resources: readonly Resource[] | undefined): void {
    this.#revision++;
    delete this.#snapshots[key];
    if (resources === undefined) return;
    this.#snapshots[key] = resources.map(({ typeUrl, name, bytes }) => {
      return { type: typeUrl, name, bytes: Buffer.from(bytes).toString("base64") };
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

testCache({ describe, it }, {
  name: "the example with HTTP",
  async create() {
    const origin = new Origin();
    const cache = httpCache(await origin.start(), { everyMs: 2 });
    return {
      cache,
      publish: ({ node, resources }) => origin.publish(node.id, resources),
      close() {
        cache.close();
        origin.close();
      },
    };
  },
});

describe("the example with HTTP", () => {
  it("reads nothing again that has not changed, and keeps what it has while the server fails", async () => {
    const origin = new Origin();
    origin.publish("edge", [cluster({ name: "a" })]);
    const cache = httpCache(await origin.start(), { everyMs: 2 });
    await vi.waitFor(() => expect(cache.getSnapshot("edge")?.get(CLUSTER_TYPE, "a")).toBeDefined());
    await vi.waitFor(() => expect(origin.statuses.length).toBeGreaterThan(5));
    expect(origin.statuses.filter((status) => status === 200)).toHaveLength(1);
    origin.failing = true;
    await vi.waitFor(() => expect(origin.statuses).toContain(503));
    expect(cache.getSnapshot("edge")?.get(CLUSTER_TYPE, "a")).toBeDefined();
    origin.failing = false;
    origin.publish("edge", undefined);
    await vi.waitFor(() => expect(cache.getSnapshot("edge")).toBeUndefined(), { timeout: 10_000 });
    cache.close();
    origin.close();
  });
});
