import { describe, expect, it } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import {
  type DiscoveryStream,
  FleetContent,
  type OutgoingResponse,
  type QuarantineInfo,
  type ReleaseInfo,
  ResponseFactory,
  type Variant,
} from "../../src/stream/mod.ts";
import { rejectedBy } from "../../src/server/streams/rejected-by.ts";
import { TYPES } from "../protocol/transcript.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

const GOOD: Contents = { CDS: { a: "1", b: "1" } };
const BAD: Contents = { CDS: { a: "2", b: "bad" } };

describe.each<Variant>(["sotw", "delta"])("content that most clients of a group reject (%s)", (variant) => {
  it("is not tried on a client that connects, which gets what was accepted last", () => {
    const fleet = new Fleet(variant);
    fleet.publish(GOOD);
    const clients = fleet.connect(4);
    fleet.publish(BAD);
    for (const each of clients) each.drain(rejectsBad);
    const [client] = fleet.connect(1, rejectsNone);
    expect(client!.held).toEqual({ a: "2", b: "1" });
    expect(client!.quarantined).toEqual([{ name: "b", by: "others", instead: "1" }]);
  });

  it("is left out for a client that connects, if none was accepted before", () => {
    const fleet = new Fleet(variant);
    fleet.publish(BAD);
    fleet.connect(3);
    const [client] = fleet.connect(1, rejectsNone);
    expect(client!.held).toEqual({ a: "2" });
    expect(client!.quarantined).toEqual([{ name: "b", by: "others", instead: undefined }]);
  });

  it.each([
    { title: "two of two", rejecting: 2, accepting: 0 },
    { title: "three of six", rejecting: 3, accepting: 3 },
    { title: "three of seven, of which the others have accepted before", rejecting: 3, accepting: 4 },
  ])("is tried on others after a rejection by $title", ({ rejecting, accepting }) => {
    const fleet = new Fleet(variant);
    fleet.publish(BAD);
    fleet.connect(accepting, rejectsNone);
    fleet.connect(rejecting);
    const [client] = fleet.connect(1, rejectsNone);
    expect(client!.held).toEqual({ a: "2", b: "bad" });
  });

  it("is not rejected by one client, however often it connects", () => {
    const fleet = new Fleet(variant);
    fleet.publish(BAD);
    for (let i = 0; i < 5; i++) new Client(fleet, "same").drain(rejectsBad);
    const [client] = fleet.connect(1, rejectsNone);
    expect(client!.held).toEqual({ a: "2", b: "bad" });
  });

  it("is tried again once most have accepted it", () => {
    const fleet = new Fleet(variant);
    fleet.publish(GOOD);
    const slow = fleet.connect(5);
    const quick = fleet.connect(3);
    fleet.publish(BAD);
    // These are sent it before it is known to be rejected.
    const pending = slow.map((each) => [each, each.next()!] as const);
    for (const each of quick) each.drain(rejectsBad);
    const [waiting] = fleet.connect(1, rejectsNone);
    expect(waiting!.held).toEqual({ a: "2", b: "1" });
    for (const [each, response] of pending) each.ack(response);
    waiting!.drain(rejectsNone);
    expect(waiting!.held).toEqual({ a: "2", b: "bad" });
    expect(waiting!.released).toEqual([{ name: "b", why: "accepted" }]);
  });

  it("is replaced by new content", () => {
    const fleet = new Fleet(variant);
    fleet.publish(GOOD);
    fleet.connect(3);
    fleet.publish(BAD);
    const clients = [...fleet.connect(3), ...fleet.connect(1, rejectsNone)];
    fleet.publish({ CDS: { a: "2", b: "3" } });
    for (const each of clients) each.drain(rejectsBad);
    for (const each of clients) expect(each.held).toEqual({ a: "2", b: "3" });
    for (const each of clients) expect(each.quarantined).toEqual([]);
  });

  it("is judged by each kind of client for itself", () => {
    const fleet = new Fleet(variant);
    fleet.publish(BAD);
    fleet.connect(3);
    const newer = new Client(fleet, "newer", "envoy-2");
    newer.drain(rejectsNone);
    expect(newer.held).toEqual({ a: "2", b: "bad" });
  });

  it("is tried again once an operator says so, and shown until then", () => {
    const fleet = new Fleet(variant);
    fleet.publish(GOOD);
    const clients = fleet.connect(3);
    fleet.publish(BAD);
    for (const each of clients) each.drain(rejectsBad);
    const [waiting] = fleet.connect(1, rejectsNone);
    const shown = rejectedBy(fleet.clients.map(({ stream }) => stream));
    expect(shown).toEqual([
      expect.objectContaining({
        name: "b",
        version: "bad",
        rejectedBy: 3,
        acceptedBy: 0,
        isRejected: true,
        instead: "1",
      }),
    ]);
    for (const { stream } of fleet.clients) stream.isolation!.retry(TYPES.CDS, undefined);
    for (const each of [...clients, waiting!]) each.drain(rejectsNone);
    for (const each of [...clients, waiting!]) expect(each.held).toEqual({ a: "2", b: "bad" });
    expect(waiting!.released).toEqual([{ name: "b", why: "operator" }]);
    expect(rejectedBy(fleet.clients.map(({ stream }) => stream))).toEqual([]);
  });

  it("is sent by one response to all clients that it is kept from", () => {
    const fleet = new Fleet(variant);
    fleet.publish(GOOD);
    fleet.connect(3);
    fleet.publish(BAD);
    for (const each of fleet.clients) each.drain(rejectsBad);
    const [one, other] = [new Client(fleet, "one"), new Client(fleet, "other")];
    expect(one.next()).toBe(other.next());
  });
});

function rejectsBad({ resources }: OutgoingResponse): boolean {
  return resources.some(({ version }) => version === "bad");
}

function rejectsNone(): boolean {
  return false;
}

class Fleet {
  readonly clients: Client[] = [];
  readonly cache = new SnapshotCache({ nodeHash: () => "group" });
  readonly responses = new ResponseFactory({ identifier: "" });
  readonly content = new FleetContent({ minNodes: 3, share: 0.5 });
  readonly variant: Variant;

  constructor(variant: Variant) {
    this.variant = variant;
  }

  publish(contents: Contents): void {
    this.cache.setSnapshot("group", snapshotOf(contents));
  }

  /** Connects clients, and brings them in sync. */
  connect(count: number, rejects = rejectsBad): Client[] {
    const clients = Array.from({ length: count }, (_, i) => new Client(this, `node-${this.clients.length + i}`));
    this.clients.push(...clients);
    for (const each of clients) each.drain(rejects);
    return clients;
  }
}

class Client {
  held: Record<string, string> = {};
  readonly released: Pick<ReleaseInfo, "name" | "why">[] = [];
  readonly #variant: Variant;
  readonly #stream: TestStream;
  readonly #quarantined = new Map<string, Pick<QuarantineInfo, "name" | "by" | "instead">>();

  constructor({ variant, cache, responses, content }: Fleet, id: string, userAgentName = "envoy") {
    this.#variant = variant;
    const callbacks = {
      onQuarantine: (_: unknown, { name, by, instead }: QuarantineInfo) => {
        this.#quarantined.set(name, { name, by, instead });
      },
      onRelease: (_: unknown, { name, why }: ReleaseInfo) => {
        this.#quarantined.delete(name);
        this.released.push({ name, why });
      },
    };
    this.#stream = new TestStream({ variant, cache, responses, fleet: content, callbacks }, { id, userAgentName });
    this.#stream.subscribe("CDS", "*");
  }

  get stream(): DiscoveryStream {
    return this.#stream.stream;
  }

  get quarantined() {
    return [...this.#quarantined.values()];
  }

  next(): OutgoingResponse | undefined {
    return this.#stream.next();
  }

  ack(response: OutgoingResponse): void {
    if (this.#variant === "sotw") this.held = {};
    for (const { name, version } of response.resources) this.held[name] = version;
    for (const name of response.removed) delete this.held[name];
    this.#stream.ack(response, "*");
  }

  drain(rejects: (response: OutgoingResponse) => boolean): void {
    for (let response = this.next(); response !== undefined; response = this.next()) {
      if (rejects(response)) this.#stream.nack(response, "*");
      else this.ack(response);
    }
  }
}
