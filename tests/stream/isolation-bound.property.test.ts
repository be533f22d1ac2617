import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { FleetContent, type OutgoingResponse, ResponseFactory, type Variant } from "../../src/stream/mod.ts";
import { TYPES } from "../protocol/transcript.ts";
import { make } from "./make.ts";
import { TestStream } from "./test-stream.ts";

/** How a client says what it rejects: nothing of it, or the first one, or all. */
type Reason = "none" | "mention" | "first" | "list";

interface Scene {
  readonly variant: Variant;
  readonly type: "CDS" | "RDS";
  readonly wildcard: boolean;
  readonly reason: Reason;
  /** Resources, all of which change from 1 to 2. */
  readonly names: readonly string[];
  /** Those of which the client rejects 2. */
  readonly bad: readonly string[];
  /** Those of which it rejects 1 as well. */
  readonly badBefore: readonly string[];
  /** Whether two others reject what it rejects, and decide for it if they come first. */
  readonly areOthersLike: boolean;
}

const scene: fc.Arbitrary<Scene> = fc.integer({ min: 1, max: 64 }).chain((size) => {
  const names = Array.from({ length: size }, (_, i) => `n${i}`);
  return fc.subarray(names, { minLength: 1, maxLength: Math.min(size, 8) }).chain((bad) =>
    fc.record({
      variant: fc.constantFrom<Variant>("sotw", "delta"),
      type: fc.constantFrom<"CDS" | "RDS">("CDS", "RDS"),
      wildcard: fc.boolean(),
      reason: fc.constantFrom<Reason>("none", "mention", "first", "list"),
      names: fc.constant(names),
      bad: fc.constant(bad),
      badBefore: fc.subarray(bad),
      areOthersLike: fc.boolean(),
    })
  );
});

describe("the responses that isolate what a client rejects", () => {
  it("are within the bound for a client that had accepted all before", () => {
    fc.assert(fc.property(scene, (given) => {
      const { client, changeAll } = begin({ ...given, badBefore: [] });
      client.connect();
      client.drain();
      const responses = changeAll();
      expect(responses).toBeLessThanOrEqual(searchBound(given));
      expect(client.held).toEqual(contents(given, (name) => given.bad.includes(name) ? "1" : "2"));
    }));
  });

  it("are one more, or one for each, where what others have accepted stands in for it at a new client", () => {
    fc.assert(fc.property(scene, (given) => {
      const { client, changeAll } = begin(given);
      const responses = changeAll(() => client.connect());
      expect(responses).toBeLessThanOrEqual(searchBound(given) + standInBound(given));
      expect(client.held).toEqual(contents(given, (name) => {
        if (!given.bad.includes(name)) return "2";
        return given.badBefore.includes(name) ? undefined : "1";
      }));
    }));
  });

  it("are two more for a client that returns in SotW with all clusters, and has accepted what stands in", () => {
    fc.assert(fc.property(scene, (some) => {
      const given: Scene = { ...some, variant: "sotw", type: "CDS", badBefore: [] };
      const { client, changeAll } = begin(given);
      client.connect();
      client.drain();
      const responses = changeAll(() => client.connect());
      expect(responses).toBeLessThanOrEqual(searchBound(given) + 2);
      expect(client.held).toEqual(contents(given, (name) => given.bad.includes(name) ? "1" : "2"));
    }));
  });

  it("are at most 4·log2(n)+5 before the first that it accepts, where it rejects what stands in as well", () => {
    const withBadBefore = scene.chain((some) => {
      return fc.subarray([...some.names], { minLength: 1 }).map((badBefore) => ({ ...some, badBefore }));
    });
    fc.assert(fc.property(withBadBefore, (some) => {
      const given: Scene = { ...some, variant: "sotw", type: "CDS" };
      const { client, changeAll } = begin(given);
      const responses = changeAll(() => client.connect("of an earlier stream"));
      const inDoubt = 4 * Math.log2(given.names.length) + 5;
      expect(client.firstRejections).toBeLessThanOrEqual(inDoubt);
      expect(responses).toBeLessThanOrEqual(inDoubt + searchBound(given) + standInBound(given));
      if (given.bad.some((name) => given.badBefore.includes(name))) expect(client.held.size).toBe(0);
    }));
  });
});

/** Of the search alone, as docs/isolation.md has it. */
function searchBound({ names, bad, reason }: Scene): number {
  if (reason === "first" || reason === "list") return bad.length + 1;
  const log = Math.log2(names.length);
  if (bad.length === 1) return 2 * log + 2;
  return Math.min(bad.length * (2 * log + 2) + 2, 2 * names.length + log + 2);
}

/** Of what stands in for the bad ones after the search. */
function standInBound({ bad, badBefore, reason }: Scene): number {
  if (badBefore.length === 0 || bad.length === 1) return 1;
  return reason === "first" || reason === "list" ? badBefore.length + 1 : bad.length + 1;
}

function contents({ names }: Scene, of: (name: string) => string | undefined): Map<string, string> {
  return new Map(
    names.map((name) => [name, of(name)]).filter((each): each is [string, string] => each[1] !== undefined),
  );
}

/** All is published at 1, and accepted by two others. */
function begin({ type, names, bad, badBefore, areOthersLike, ...options }: Scene) {
  const cache = new SnapshotCache({ nodeHash: () => "group" });
  const shared = {
    cache,
    type,
    names,
    fleet: new FleetContent({ minNodes: 2, share: 0.5 }),
    responses: new ResponseFactory({ identifier: "" }),
    ...options,
  };
  const publish = (content: string) => {
    cache.setSnapshot("group", new Snapshot({ resources: names.map((name) => make(type, name, content)) }));
  };
  publish("1");
  const isBad = ({ name, version }: Resource) => (version === "2" ? bad : badBefore).includes(name);
  const others = [1, 2].map((i) =>
    new Client({
      ...shared,
      id: `${i}`,
      isBad: areOthersLike ? (each) => each.version === "2" && isBad(each) : () => false,
    })
  );
  for (const each of others) {
    each.connect();
    each.drain();
  }
  const client = new Client({ ...shared, id: "client", isBad });
  /** All change, and others take that before the client. @returns the responses that it takes */
  const changeAll = (connects = () => {}) => {
    publish("2");
    for (const each of others) each.drain();
    connects();
    return client.drain();
  };
  return { client, changeAll };
}

interface ClientOptions extends Pick<Scene, "variant" | "type" | "wildcard" | "reason" | "names"> {
  readonly cache: SnapshotCache;
  readonly fleet: FleetContent;
  readonly responses: ResponseFactory;
  readonly id: string;
  isBad(resource: Resource): boolean;
}

/** A client of one type. */
class Client {
  readonly held = new Map<string, string>();
  /** How many responses it rejected before it accepted the first. */
  firstRejections = 0;
  #hasAccepted = false;
  readonly #options: ClientOptions;
  #stream: TestStream | undefined = undefined;
  #version = "";

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** @param version - SotW: what it ACKed last. Default: the version of that */
  connect(version = this.#version): void {
    const { variant, type, id, cache, fleet, responses } = this.#options;
    this.#stream?.stream.close();
    this.#stream = new TestStream({ variant, cache, fleet, responses }, { id });
    this.#stream.request(
      type,
      variant === "sotw"
        ? { resourceNames: this.#subscribed, versionInfo: version }
        : { resourceNamesSubscribe: this.#subscribed, initialResourceVersions: Object.fromEntries(this.held) },
    );
  }

  /** @returns the number of responses */
  drain(): number {
    for (let count = 0;; count++) {
      const response = this.#stream!.next();
      if (response === undefined) return count;
      this.#take(response);
      expect(count, "responses without an end").toBeLessThan(1_000);
    }
  }

  #take(response: OutgoingResponse): void {
    const { variant, isBad } = this.#options;
    const bad = response.resources.filter(isBad).map(({ name }) => name);
    const names = variant === "sotw" ? this.#subscribed : [];
    if (bad.length > 0 && !this.#hasAccepted) this.firstRejections++;
    if (bad.length > 0) return this.#stream!.nackFor(this.#reasonFor(bad), response, ...names);
    this.#hasAccepted = true;
    this.#stream!.ack(response, ...names);
    this.#version = response.version;
    if (variant === "sotw" && response.typeUrl === TYPES.CDS) this.held.clear();
    for (const { name, version } of response.resources) this.held.set(name, version);
    for (const name of response.removed) this.held.delete(name);
  }

  get #subscribed(): string[] {
    return this.#options.wildcard ? ["*"] : [...this.#options.names];
  }

  #reasonFor(bad: readonly string[]): string {
    switch (this.#options.reason) {
      case "none":
        return "no";
      case "mention":
        return `cannot use ${bad.join(" and ")}`;
      case "first":
        return `resource "${bad[0]}": no`;
      case "list":
        return bad.map((name) => `resource "${name}": no`).join("; ");
    }
  }
}
