import { describe, expect, it } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import { FleetContent, type OutgoingResponse } from "../../src/stream/mod.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

describe.each(["sotw", "delta"] as const)("a client that subscribes to more while it rejects (%s)", (variant) => {
  it("is sent nothing in place of what it has", () => {
    const client = new Client();
    client.publish({ EDS: { a: "1", b: "1" } });
    client.subscribe("a", "b");
    client.drain();
    client.publish({ EDS: { a: "bad", b: "2", c: "1" } });
    const first = client.take()!;
    client.subscribe("a", "b", "c");
    client.nack(first);
    const sent = client.drain();
    expect(sent).not.toContain("a=1");
    expect(sent.filter((each) => each !== "a=bad")).toEqual(expect.arrayContaining(["b=2", "c=1"]));
  });

  it("is sent the content that others accepted last in place of what it has not received", () => {
    const client = new Client();
    client.publish({ EDS: { a: "1", b: "1" } });
    const other = client.beside();
    other.subscribe("a", "b");
    other.drain();
    client.subscribe("a");
    const first = client.take()!;
    client.subscribe("a", "b");
    client.ack(first);
    client.publish({ EDS: { a: "1", b: "bad" } });
    expect(client.drain()).toEqual(["b=bad", "b=1"]);
  });

  /** It names nothing that it rejects. */
  class Client {
    readonly #cache: SnapshotCache;
    readonly #fleet: FleetContent;
    readonly #stream: TestStream;
    #names: readonly string[] = [];

    constructor(cache = new SnapshotCache(), fleet = new FleetContent({ minNodes: 3, share: 0.5 })) {
      this.#cache = cache;
      this.#fleet = fleet;
      this.#stream = new TestStream({ variant, cache, fleet });
    }

    beside(): Client {
      return new Client(this.#cache, this.#fleet);
    }

    publish(contents: Contents): void {
      this.#cache.setSnapshot("node", snapshotOf(contents));
    }

    subscribe(...names: string[]): void {
      const added = names.filter((name) => !this.#names.includes(name));
      this.#names = names;
      this.#stream.subscribe("EDS", ...(variant === "sotw" ? names : added));
    }

    take(): OutgoingResponse | undefined {
      return this.#stream.next();
    }

    ack(response: OutgoingResponse): void {
      this.#stream.ack(response, ...this.#sotwNames);
    }

    nack(response: OutgoingResponse): void {
      this.#stream.nack(response, ...this.#sotwNames);
    }

    /** @returns the contents that it is sent */
    drain(): string[] {
      const sent: string[] = [];
      for (let response = this.take(); response !== undefined; response = this.take()) {
        const isBad = response.resources.some(({ version }) => version === "bad");
        sent.push(...response.resources.map(({ name, version }) => `${name}=${version}`));
        if (isBad) this.nack(response);
        else this.ack(response);
      }
      return sent;
    }

    get #sotwNames(): readonly string[] {
      return variant === "sotw" ? this.#names : [];
    }
  }
});
