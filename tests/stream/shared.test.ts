import { describe, expect, it } from "vitest";
import { rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { type OutgoingResponse, ResponseFactory, type Variant } from "../../src/stream/mod.ts";
import { type AnyType, TYPES } from "../protocol/transcript.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

/** The subscriptions whose responses streams share, with the names of their requests. */
const KINDS: readonly [what: string, variant: Variant, type: "CDS" | "SDS", names: string[]][] = [
  ["SotW with full state", "sotw", "CDS", []],
  ["SotW of what changed", "sotw", "SDS", ["*"]],
  ["delta", "delta", "CDS", ["*"]],
  ["delta of another type", "delta", "SDS", ["*"]],
  ["SotW with full state, by names", "sotw", "CDS", ["a", "b", "c"]],
  ["SotW of what changed, by names", "sotw", "SDS", ["a", "b", "c"]],
  ["delta, by names", "delta", "CDS", ["a", "b", "c"]],
];

describe.each(KINDS)("two streams with the same subscription (%s)", (_, variant, type, names) => {
  it("are sent the same object, first and for each change", () => {
    const streams = new Streams(variant);
    streams.publish({ [type]: { a: "1", b: "1" } });
    streams.subscribe(type, ...names);
    streams.ack(streams.next(), ...names);
    streams.publish({ [type]: { a: "2", b: "1" } });
    streams.ack(streams.next(), ...names);
    streams.publish({ [type]: { a: "3", b: "2", c: "1" } });
    expect(streams.next().resources).toHaveLength(3);
  });

  it("are sent the same object after both rejected the same, removals included", () => {
    const streams = new Streams(variant);
    streams.publish({ [type]: { a: "1", b: "1", c: "1" } });
    streams.subscribe(type, ...names);
    streams.ack(streams.next(), ...names);
    streams.publish({ [type]: { a: "2", b: "2" } });
    streams.nack(streams.next(), ...names);
    streams.publish({ [type]: { a: "3", b: "2" } });
    const { resources, removed } = streams.next();
    expect(resources.map(({ name }) => name).sort()).toEqual(["a", "b"]);
    expect(removed).toEqual(variant === "delta" ? ["c"] : []);
  });

  it("are sent the same heartbeats", () => {
    const streams = new Streams(variant);
    const resource = rawResource(TYPES[type], "a", new Uint8Array(), { ttlMs: 300 });
    streams.cache.setSnapshot("node", new Snapshot({ resources: [resource] }));
    streams.subscribe(type, ...names);
    streams.ack(streams.next(), ...names);
    const first = streams.next(100);
    streams.ack(first, ...names);
    expect(first.ttlMs).toBe(300);
    expect(streams.next(200)).not.toBe(first);
  });
});

describe.each(["sotw", "delta"] as const)("two streams with withheld removals (%s)", (variant) => {
  it("are sent the same object while they are withheld, and to release them", () => {
    const streams = new Streams(variant);
    streams.publish({ CDS: { a: "1", b: "1" }, RDS: { r: "1" } });
    streams.subscribe("CDS");
    streams.ack(streams.next());
    streams.subscribe("RDS", "r");
    streams.ack(streams.nextOfEach(), "r");
    streams.publish({ CDS: { b: "1", c: "1" }, RDS: { r: "2" } });
    const added = streams.next();
    expect(added.resources.map(({ name }) => name).sort()).toEqual(variant === "sotw" ? ["a", "b", "c"] : ["c"]);
    streams.ack(added);
    streams.ack(streams.nextOfEach(), "r");
    const { resources, removed } = streams.next();
    expect(variant === "sotw" ? resources.map(({ name }) => name).sort() : removed).toEqual(
      variant === "sotw" ? ["b", "c"] : ["a"],
    );
  });
});

it.each(["sotw", "delta"] as const)("streams that subscribe to other names share no response (%s)", (variant) => {
  const streams = new Streams(variant);
  streams.publish({ SDS: { a: "1", b: "1", c: "1", d: "1" } });
  streams.all[0].subscribe("SDS", "a", "b", "d");
  streams.all[1].subscribe("SDS", "a", "c", "d");
  const names = streams.nextOfEach().map(({ resources }) => resources.map(({ name }) => name).sort());
  expect(names).toEqual([["a", "b", "d"], ["a", "c", "d"]]);
});

it("a stream that already had a response by names gets another, with another nonce", () => {
  const streams = new Streams("sotw");
  streams.publish({ SDS: { a: "1" } });
  streams.subscribe("SDS", "a");
  const first = streams.next();
  streams.all[0].ack(first, "a");
  streams.all[0].ack(first);
  streams.all[0].subscribe("SDS", "a");
  const again = streams.all[0].next(0);
  expect(again?.resources).toEqual(first.resources);
  expect(again?.nonce).not.toBe(first.nonce);
});

it("streams that spell names in their own way share no response", () => {
  const streams = new Streams("delta");
  const name = "xdstp://x/envoy.config.route.v3.RouteConfiguration/a";
  const [own, normal] = [`${name}?b=2&a=1`, `${name}?a=1&b=2`];
  const names = () => streams.nextOfEach().map(({ resources }) => resources[0]!.name);
  streams.publish({ RDS: { [normal]: "1" } });
  streams.all[0].subscribe("RDS", "*", own);
  streams.all[1].subscribe("RDS", "*");
  streams.ack(streams.nextOfEach());
  streams.publish({ RDS: { [normal]: "2" } });
  expect(names()).toEqual([own, normal]);
});

describe.each(KINDS)("two streams of nodes with snapshots of their own (%s)", (_, variant, type, names) => {
  it("are sent the same object where the resources and versions are equal, and only there", () => {
    const cache = new SnapshotCache();
    const responses = new ResponseFactory({ identifier: "" });
    const nodes = ["other", "node-1", "node-2"];
    const publish = (contents: Contents) => nodes.forEach((node) => cache.setSnapshot(node, snapshotOf(contents)));
    publish({ [type]: { a: "1", b: "1" } });
    const streams = nodes.slice(1).map((id) => new TestStream({ variant, cache, responses }, { id }));
    const next = () => {
      const [response, other] = streams.map((stream) => stream.next()!);
      streams.forEach((stream) => stream.ack(response!, ...names));
      return [response!, other!] as const;
    };
    for (const stream of streams) stream.subscribe(type, ...names);
    const [first, same] = next();
    expect(same).toBe(first);
    publish({ [type]: { a: "2", b: "1" } });
    const [second, again] = next();
    expect(again).toBe(second);
    expect(second).not.toBe(first);
    cache.setSnapshot("node-1", snapshotOf({ [type]: { a: "3", b: "1" } }));
    cache.setSnapshot("node-2", snapshotOf({ [type]: { a: "4", b: "1" } }));
    const [own, different] = streams.map((stream) =>
      stream.next()!.resources.find(({ name }) => name === "a")!.version
    );
    expect([own, different]).toEqual(["3", "4"]);
  });
});

/** Two streams of one server that do the same. */
class Streams {
  readonly cache = new SnapshotCache();
  readonly all: readonly [TestStream, TestStream];

  constructor(variant: Variant) {
    const responses = new ResponseFactory({ identifier: "" });
    const create = () => new TestStream({ variant, cache: this.cache, responses });
    this.all = [create(), create()];
  }

  publish(contents: Contents): void {
    this.cache.setSnapshot("node", snapshotOf(contents));
  }

  subscribe(type: AnyType, ...names: string[]): void {
    for (const stream of this.all) stream.subscribe(type, ...names);
  }

  /** The next response, which is the same object for both. */
  next(now = 0): OutgoingResponse {
    const [response, other] = this.nextOfEach(now);
    expect(response).toBeDefined();
    expect(other).toBe(response);
    expect(other.frame).toBe(response.frame);
    expect(other.resources).toBe(response.resources);
    return response;
  }

  /** The next response of each, which may be two. */
  nextOfEach(now = 0): readonly [OutgoingResponse, OutgoingResponse] {
    return [this.all[0].next(now)!, this.all[1].next(now)!];
  }

  ack(response: OutgoingResponse | readonly OutgoingResponse[], ...names: string[]): void {
    this.all.forEach((stream, i) => stream.ack([response].flat()[i] ?? response as OutgoingResponse, ...names));
  }

  nack(response: OutgoingResponse, ...names: string[]): void {
    for (const stream of this.all) stream.nack(response, ...names);
  }
}
