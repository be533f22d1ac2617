import { describe, expect, it } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import { FleetContent, type OutgoingResponse, type Variant } from "../../src/stream/mod.ts";
import { TYPES } from "../protocol/transcript.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

const START: Contents = { CDS: { a: "1" }, RDS: { r: "to a", s: "to a" } };
/** A cluster in place of another, and the routes to it. */
const BAD: Contents = { CDS: { b: "bad" }, RDS: { r: "to b", s: "to a" } };

describe.each<Variant>(["sotw", "delta"])("what refers to a rejected resource (%s)", (variant) => {
  it("waits, and the rest of its type does not", () => {
    const client = new Client(variant);
    client.publish(START);
    client.drain();
    client.publish({ CDS: { a: "1", b: "bad" }, RDS: { r: "to b", s: "to c" } });
    expect(client.drain()).toEqual([
      sent("CDS", variant === "sotw" ? ["a=1", "b=bad"] : ["b=bad"]),
      sent("RDS", ["s"]),
    ]);
    expect(client.quarantined("RDS")).toEqual([{ name: "r", by: "reference", reason: 'waits for Cluster "b"' }]);
  });

  it("is sent after the resource was repaired", () => {
    const client = new Client(variant);
    client.publish(START);
    client.drain();
    client.publish({ CDS: { a: "1", b: "bad" }, RDS: { r: "to b", s: "to a" } });
    client.drain();
    client.publish({ CDS: { a: "1", b: "2" }, RDS: { r: "to b", s: "to a" } });
    expect(client.drain()).toEqual([sent("CDS", variant === "sotw" ? ["a=1", "b=2"] : ["b=2"]), sent("RDS", ["r"])]);
    expect(client.quarantined("RDS")).toEqual([]);
  });

  it("keeps what it referred to before", () => {
    const client = new Client(variant);
    client.publish(START);
    client.drain();
    client.publish(BAD);
    // Whatever time passes: route s uses cluster a, and so does route r at the client.
    expect(client.drain().filter(({ removed }) => removed.length > 0)).toEqual([]);
    client.wait(100_000);
    expect(client.drain()).toEqual([]);
    client.publish({ CDS: { b: "2" }, RDS: { r: "to b", s: "to b" } });
    const responses = client.drain();
    expect(responses.map(({ type }) => type)).toEqual(["CDS", "RDS", "CDS"]);
    expect(responses[2]).toEqual(variant === "sotw" ? sent("CDS", ["b=2"]) : { ...sent("CDS", []), removed: ["a"] });
  });

  it("does not wait if the client has other content of the resource", () => {
    const client = new Client(variant);
    client.publish(START);
    client.drain();
    client.publish({ CDS: { a: "bad" }, RDS: { r: "to a", s: "to a", t: "to a" } });
    expect(client.drain().map(({ type }) => type)).toEqual(["CDS", "RDS"]);
    expect(client.quarantined("RDS")).toEqual([]);
  });

  it("ends nothing for good once it does not exist any more: what it referred to is removed", () => {
    const client = new Client(variant);
    client.publish({ CDS: { a: "1" }, RDS: { r: "to a" } });
    client.drain();
    client.publish({ CDS: { a: "1" }, RDS: { r: "to a", s: "bad" } });
    client.drain();
    client.publish({ CDS: {}, RDS: {} });
    client.drain();
    client.wait(100_000);
    client.drain();
    expect(client.clusters).toEqual([]);
  });

  it("does not wait if the resource does not exist", () => {
    const client = new Client(variant);
    client.publish({ CDS: { a: "bad" }, RDS: { r: "to nothing" } });
    expect(client.drain().map(({ type, resources }) => [type, ...resources])).toContainEqual(["RDS", "r"]);
  });
});

interface Sent {
  readonly type: string;
  readonly resources: readonly string[];
  readonly removed: readonly string[];
}

function sent(type: string, resources: readonly string[]): Sent {
  return { type, resources, removed: [] };
}

/** A client that rejects what is bad. Versions are shown of clusters alone. */
class Client {
  readonly #cache = new SnapshotCache();
  readonly #stream: TestStream;
  readonly #variant: Variant;
  /** The clusters that it has. */
  clusters: string[] = [];
  #now = 0;

  constructor(variant: Variant) {
    this.#variant = variant;
    const fleet = new FleetContent({ minNodes: Infinity, share: 1 });
    this.#stream = new TestStream({ variant, cache: this.#cache, fleet });
    this.#stream.subscribe("CDS", "*");
    this.#stream.subscribe("RDS", "*");
  }

  publish(contents: Contents): void {
    this.#cache.setSnapshot("node", snapshotOf(contents));
  }

  wait(ms: number): void {
    this.#now += ms;
  }

  /** Takes all responses. @returns those that are not an attempt with a part of one */
  drain(): Sent[] {
    const all: Sent[] = [];
    for (let response = this.#stream.next(this.#now); response !== undefined; response = this.#stream.next(this.#now)) {
      all.push(shown(response));
      if (all.length > 50) throw new Error(`Does not end: ${JSON.stringify(all.slice(-6))}`);
      if (response.resources.some(({ version }) => version === "bad")) this.#stream.nack(response, "*");
      else this.#ack(response);
    }
    return all;
  }

  #ack(response: OutgoingResponse): void {
    this.#stream.ack(response, "*");
    if (response.typeUrl !== TYPES.CDS) return;
    const sent = response.resources.map(({ name }) => name);
    const kept = this.#variant === "sotw" ? [] : this.clusters.filter((name) => !response.removed.includes(name));
    this.clusters = [...new Set([...kept, ...sent])];
  }

  quarantined(type: "CDS" | "RDS") {
    const status = this.#stream.stream.status(this.#now).find(({ typeUrl }) => typeUrl === TYPES[type])!;
    return status.quarantined.map(({ name, by, reason }) => ({ name, by, reason }));
  }
}

function shown({ typeUrl, resources, removed }: OutgoingResponse): Sent {
  const isCluster = typeUrl === TYPES.CDS;
  return {
    type: isCluster ? "CDS" : "RDS",
    resources: resources.map(({ name, version }) => isCluster ? `${name}=${version}` : name).sort(),
    removed,
  };
}
