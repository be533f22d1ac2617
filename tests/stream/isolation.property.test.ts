import fc from "fast-check";
import { expect, it } from "vitest";
import { type Resource, SnapshotCache } from "../../mod.ts";
import type { OutgoingResponse, Variant } from "../../src/stream/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import { TYPES } from "../protocol/transcript.ts";
import { snapshotOf } from "./make.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
/** A client rejects the contents that begin with `bad`. */
const CONTENTS = ["1", "2", "3", "bad 1", "bad 2"];

type Publication = Readonly<Record<string, string>>;
type Reason = "none" | "first" | "all" | "list" | "lie";

const publication: fc.Arbitrary<Publication> = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...CONTENTS));

const run = fc.record({
  variant: fc.constantFrom<Variant>("sotw", "delta"),
  type: fc.constantFrom<"CDS" | "RDS">("CDS", "RDS"),
  wildcard: fc.boolean(),
  reason: fc.constantFrom<Reason>("none", "first", "all", "list", "lie"),
  /** What was published, and how many responses the client takes before the next one. */
  steps: fc.array(fc.tuple(publication, fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 5 }),
  /** Names that the client unsubscribes from after the second step, and subscribes to again at the end. */
  dropped: fc.subarray(NAMES),
  /** After which step the client connects anew. */
  reconnects: fc.option(fc.integer({ min: 0, max: 4 })),
});

it("brings a client everything that it accepts, whatever it rejects", () => {
  fc.assert(fc.property(run, ({ variant, type, wildcard, reason, steps, dropped, reconnects }) => {
    const session = new Session(variant, type);
    const names = wildcard ? ["*"] : NAMES;
    let published: Publication = {};
    session.publish({});
    session.client.subscribe(TYPES[type], names);
    const accepted = new Map<string, string>();
    const mayUnsubscribe = !wildcard && dropped.length > 0;
    for (const [i, [contents, taken]] of steps.entries()) {
      published = contents;
      session.publish(contents);
      for (let i = 0; i < taken; i++) session.take(reason);
      if (i === 1 && mayUnsubscribe) session.client.unsubscribe(TYPES[type], dropped);
      if (i === reconnects) session.client.reconnect();
    }
    if (mayUnsubscribe) session.client.subscribe(TYPES[type], dropped);
    session.drain(reason);
    for (const [name, content] of Object.entries(published)) {
      if (!content.startsWith("bad")) accepted.set(name, content);
    }
    const held = session.held();
    // Of a returning client it is not known what would be removed by a response without the bad resource.
    const isUnknown = variant === "sotw" && type === "CDS" && reconnects !== null;
    if (reason !== "lie" && !isUnknown) {
      for (const [name, content] of accepted) {
        expect(held.get(name), `${name} of ${JSON.stringify(published)}`).toBe(content);
      }
    }
    // A removal arrives, where the protocol has one.
    if ((variant === "delta" || type === "CDS") && !isUnknown) {
      for (const name of held.keys()) expect(Object.keys(published)).toContain(name);
    }
    for (const content of held.values()) expect(content).not.toMatch(/^bad/);
    expect(session.removedInUse).toEqual([]);
  }));
});

it("sends what is known to be rejected no second time", () => {
  fc.assert(fc.property(run, ({ variant, type, wildcard, reason, steps }) => {
    const session = new Session(variant, type);
    session.publish({});
    session.client.subscribe(TYPES[type], wildcard ? ["*"] : NAMES);
    for (const [contents, taken] of steps) {
      session.publish(contents);
      for (let i = 0; i < taken; i++) session.take(reason);
    }
    session.drain(reason);
    expect(session.sentAgain).toEqual([]);
  }));
});

it("ends for a client that rejects everything, or at random", () => {
  const choices = fc.infiniteStream(fc.boolean());
  fc.assert(fc.property(run, fc.boolean(), choices, ({ variant, type, reason, steps }, always, choice) => {
    const session = new Session(variant, type);
    session.publish({});
    session.client.subscribe(TYPES[type], ["*"]);
    for (const [contents] of steps) {
      session.publish(contents);
      const size = NAMES.length;
      let responses = 0;
      for (let response = session.client.next(); response !== undefined; response = session.client.next()) {
        if (always || choice.next().value) session.client.nack(response, session.reasonFor(response, reason));
        else session.client.ack(response);
        expect(++responses).toBeLessThanOrEqual(4 * size);
      }
    }
  }));
});

/** A client of one type and its cache. */
class Session {
  readonly client: FakeClient;
  readonly sentAgain: string[] = [];
  readonly removedInUse: string[] = [];
  readonly #cache = new SnapshotCache();
  readonly #type: "CDS" | "RDS";
  readonly #known = new Set<string>();
  #published: Publication = {};

  constructor(variant: Variant, type: "CDS" | "RDS") {
    this.#type = type;
    this.client = new FakeClient({ cache: this.#cache, api: v3, variant, isolate: true });
  }

  publish(contents: Publication): void {
    for (const name of NAMES) {
      // Changed content may be sent, also where it is what it was before.
      for (const known of this.#known) {
        if (known.startsWith(`${name}=`) && known !== `${name}=${contents[name]}`) this.#known.delete(known);
      }
    }
    this.#published = contents;
    this.#cache.setSnapshot("node", snapshotOf({ [this.#type]: contents }));
  }

  /** Takes a response, and rejects it if anything in it is bad. */
  take(reason: Reason): OutgoingResponse | undefined {
    const response = this.client.next();
    if (response === undefined) return undefined;
    const bad = response.resources.filter(isBad);
    for (const each of bad) if (this.#known.has(keyOf(each))) this.sentAgain.push(keyOf(each));
    if (bad.length === 0) this.#accept(response);
    else {
      const isKnown = bad.length === 1 && response.resources.length === 1;
      if (isKnown || reason === "first" || reason === "list") this.#known.add(keyOf(bad[0]!));
      if (reason === "list") { for (const each of bad) this.#known.add(keyOf(each)); }
      this.client.nack(response, this.reasonFor(response, reason));
    }
    return response;
  }

  /** Until no response is left, now and later. */
  drain(reason: Reason): void {
    for (let rounds = 0; rounds < 3; rounds++) {
      for (let taken = 0; this.take(reason) !== undefined; taken++) expect(taken).toBeLessThan(200);
      this.client.wait(20_000);
    }
  }

  held(): ReadonlyMap<string, string> {
    return new Map([...this.client.resources(TYPES[this.#type])].map(([name, { version }]) => [name, version]));
  }

  reasonFor({ resources }: OutgoingResponse, reason: Reason): string {
    const bad = resources.filter(isBad).map(({ name }) => name);
    const good = resources.filter((each) => !isBad(each)).map(({ name }) => name);
    switch (reason) {
      case "none":
        return "no";
      case "first":
        return `resource "${bad[0]}": no`;
      case "all":
        return `cannot use ${bad.join(" and ")}`;
      case "list":
        return `Error adding/updating cluster(s) ${bad.map((name) => `${name}: no`).join(", ")}`;
      case "lie":
        return `resource "${good[0] ?? "x"}": no`;
    }
  }

  #accept(response: OutgoingResponse): void {
    const before = [...this.held().keys()];
    this.client.ack(response);
    const after = this.held();
    for (const name of before) if (!after.has(name) && name in this.#published) this.removedInUse.push(name);
  }
}

function isBad({ version }: Resource): boolean {
  return version.startsWith("bad");
}

function keyOf({ name, version }: Resource): string {
  return `${name}=${version}`;
}
