import { type Cache, createDiscoveryServer, type DiscoveryServer } from "../../../mod.ts";
import { listen, type RunningServer } from "../../../src/node/mod.ts";

/** A server of a replica, which counts what it sends. */
export class Serving {
  /** The responses, and what is in them. */
  readonly sent = { responses: 0, resources: 0, removals: 0 };
  /** The types of which there was a request. A type of which a client has everything needs no response. */
  readonly types = new Set<string>();
  readonly #server: DiscoveryServer;
  #listener: RunningServer | undefined = undefined;
  port = 0;

  constructor(cache: Cache) {
    this.#server = createDiscoveryServer({
      cache,
      callbacks: {
        onRequest: (_, { typeUrl }) => void this.types.add(typeUrl),
        onResponse: (_, { resources, removed }) => {
          this.sent.responses++;
          this.sent.resources += resources.length;
          this.sent.removals += removed.length;
        },
      },
    });
  }

  get streams(): number {
    return this.#server.status().streams.length;
  }

  /** Begins, or begins again on the same port. */
  async start(): Promise<void> {
    this.#listener = await listen(this.#server, { port: this.port });
    this.port = this.#listener.port;
  }

  /** Ends all connections at once. */
  async stop(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
  }

  forget(): void {
    Object.assign(this.sent, { responses: 0, resources: 0, removals: 0 });
    this.types.clear();
  }

  async close(): Promise<void> {
    await this.stop();
    this.#server.close();
  }
}
