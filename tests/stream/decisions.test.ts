import { describe, expect, it } from "vitest";
import { rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import type { Decision, Variant } from "../../src/stream/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

describe.each(["sotw", "delta"] as const)("the trace of a stream (%s)", (variant) => {
  it("reports requests, responses, ACKs and NACKs", () => {
    const { stream, publish, taken } = start(variant, { RDS: { a: "1" } });
    stream.subscribe("RDS", "a");
    expect(taken()).toEqual([["REQUEST", "RDS", { version: "", nonce: "", names: 1 }]]);
    const first = stream.next()!;
    const { version, nonce } = first;
    expect(taken()).toEqual([["SEND", "RDS", { version, nonce, resources: 1 }]]);
    stream.ack(first, "a");
    expect(taken()).toEqual([
      ["REQUEST", "RDS", { version: "", nonce, names: variant === "sotw" ? 1 : 0 }],
      ["ACK", "RDS", { version, nonce }],
    ]);
    publish({ RDS: { a: "2" } });
    const second = stream.next()!;
    taken();
    stream.nack(second, "a");
    expect(taken().slice(1)).toEqual([["NACK", "RDS", {
      version: second.version,
      nonce: second.nonce,
      reason: "no",
    }]]);
  });

  it("reports a stale nonce, but neither a missing nor a repeated one", () => {
    const { stream, taken } = start(variant, { RDS: { a: "1" } });
    stream.subscribe("RDS", "a");
    const response = stream.next()!;
    taken();
    stream.ack({ ...response, nonce: "stale" }, "a");
    expect(taken().slice(1)).toEqual([["STALE", "RDS", { nonce: "stale", expected: response.nonce }]]);
    stream.ack({ ...response, nonce: "" }, "a");
    stream.ack(response, "a");
    stream.ack(response, "a");
    expect(taken().map(([word]) => word)).toEqual(["REQUEST", "REQUEST", "ACK", "REQUEST"]);
  });

  it("reports changes that wait for another type once, and their release", () => {
    const { stream, publish, taken } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    settle(stream);
    publish({ CDS: { a: "2" }, RDS: { r: "2" } });
    const clusters = stream.next()!;
    taken();
    stream.next(1);
    stream.next(2);
    expect(taken()).toEqual([["WITHHOLD", "RDS", { what: "changes", waitsFor: "Cluster", reason: "ack" }]]);
    stream.ack(clusters);
    stream.next(3);
    expect(taken().slice(2).map(([word, type, { what }]) => [word, type, what])).toEqual([
      ["RELEASE", "RDS", "changes"],
      ["SEND", "RDS", undefined],
    ]);
  });

  it("reports removals that wait for another type, and their release", () => {
    const { stream, publish, taken } = start(variant, { CDS: { a: "1", b: "1" }, RDS: { r: "1" } });
    settle(stream);
    publish({ CDS: { c: "1" }, RDS: { r: "2" } });
    taken();
    stream.ack(stream.next()!);
    const wait = { what: "removals", removals: 2, waitsFor: "RouteConfiguration", reason: "unsent" };
    expect(taken()[0]).toEqual(["WITHHOLD", "CDS", wait]);
    stream.ack(stream.next()!, "r");
    taken();
    stream.next();
    expect(taken()[0]).toEqual(["RELEASE", "CDS", { what: "removals", removals: 2 }]);
  });

  it("reports heartbeats", () => {
    const { stream, cache, taken } = start(variant, {});
    const secret = rawResource(TYPES.SDS, "a", new Uint8Array(), { ttlMs: 300 });
    cache.setSnapshot("node", new Snapshot({ resources: [secret] }));
    stream.subscribe("SDS", "a");
    stream.ack(stream.next()!, "a");
    taken();
    const { version, nonce } = stream.next(100)!;
    expect(taken()).toEqual([["HEARTBEAT", "SDS", { version, nonce, resources: 1 }]]);
  });
});

it("counts unsubscribed and removed names in the trace (delta)", () => {
  const { stream, publish, taken } = start("delta", { RDS: { a: "1", b: "1" } });
  stream.subscribe("RDS", "a", "b");
  stream.ack(stream.next()!);
  taken();
  stream.request("RDS", { resourceNamesUnsubscribe: ["b"] });
  publish({});
  stream.next();
  expect(taken().map(([word, , { unsubscribe, removed }]) => [word, unsubscribe, removed])).toEqual([
    ["REQUEST", 1, undefined],
    ["SEND", undefined, 1],
  ]);
});

/** A stream with a trace. `taken` are the decisions since its last call. */
function start(variant: Variant, contents: Contents) {
  const cache = new SnapshotCache();
  const publish = (each: Contents) => cache.setSnapshot("node", snapshotOf(each));
  publish(contents);
  const decisions: Decision[] = [];
  const stream = new TestStream({ variant, cache, trace: (decision) => void decisions.push(decision) });
  const labelOf = (typeUrl: string) => (Object.keys(TYPES) as Type[]).find((type) => TYPES[type] === typeUrl);
  const taken = () => decisions.splice(0).map(({ word, typeUrl, fields }) => [word, labelOf(typeUrl), fields] as const);
  return { cache, publish, stream, taken };
}

/** Brings clusters and a route in sync. */
function settle(stream: TestStream): void {
  stream.subscribe("CDS");
  stream.ack(stream.next()!);
  stream.subscribe("RDS", "r");
  stream.ack(stream.next()!, "r");
}
