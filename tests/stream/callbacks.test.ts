import { describe, expect, it } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import type { OutgoingResponse, StreamCallbacks, Variant } from "../../src/stream/mod.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

describe.each(["sotw", "delta"] as const)("a callback that throws (%s)", (variant) => {
  it("onRequest: nothing of the request is applied, and it can be sent again", () => {
    const { stream, failNext, status } = start(variant, { RDS: { a: "1", b: "1" } });
    failNext("onRequest");
    expect(() => stream.subscribe("RDS", "a")).toThrow("onRequest failed");
    expect([stream.stream.status(0), stream.next()]).toEqual([[], undefined]);
    stream.subscribe("RDS", "a");
    const response = stream.next()!;
    failNext("onRequest");
    expect(() => stream.ack(response, "a", "b")).toThrow("onRequest failed");
    expect(status()).toMatchObject({ names: 1, acked: undefined, inFlight: response.version });
    stream.ack(response, "a");
    expect(status()).toMatchObject({ acked: response.version, inFlight: undefined });
  });

  it("onResponse: the response counts as sent, and an ACK is taken", () => {
    const { stream, publish, failNext, sent, status } = start(variant, { RDS: { a: "1" } });
    stream.subscribe("RDS", "a");
    failNext("onResponse");
    expect(() => stream.next()).toThrow("onResponse failed");
    const [response] = sent;
    expect(status()).toMatchObject({ inFlight: response!.version });
    publish({ RDS: { a: "2" } });
    expect(stream.next(), "one response is in flight").toBeUndefined();
    stream.ack(response!, "a");
    expect(stream.next()?.resources[0]?.version).toBe("2");
  });

  it("onAck: the response is ACKed, and the names of the request can be sent again", () => {
    const { stream, failNext, status } = start(variant, { RDS: { a: "1", b: "1" } });
    stream.subscribe("RDS", "a");
    const response = stream.next()!;
    failNext("onAck");
    expect(() => stream.ack(response, "a")).toThrow("onAck failed");
    expect(status()).toMatchObject({ acked: response.version, inFlight: undefined, nacked: undefined });
    stream.subscribe("RDS", ...variant === "sotw" ? ["a"] : [], "b");
    expect(stream.next()?.resources.map(({ name }) => name)).toEqual(["b"]);
  });

  it("onNack: the response is NACKed, and what it had comes with the next change", () => {
    const { stream, publish, failNext, status } = start(variant, { RDS: { a: "1", b: "1" } });
    stream.subscribe("RDS", "a", "b");
    const response = stream.next()!;
    const { version } = response;
    failNext("onNack");
    expect(() => stream.nack(response, "a", "b")).toThrow("onNack failed");
    expect(status()).toMatchObject({ acked: undefined, inFlight: undefined, nacked: { version, message: "no" } });
    expect(stream.next()).toBeUndefined();
    publish({ RDS: { a: "2", b: "1" } });
    expect(stream.next()?.resources.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  });

  it("onResponse: what the response refers to is waited for", () => {
    const { stream, publish, failNext, sent } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    stream.subscribe("CDS");
    stream.ack(stream.next()!);
    stream.subscribe("RDS", "r");
    stream.ack(stream.next()!, "r");
    publish({ CDS: { a: "1", b: "eds" }, EDS: { b: "1" }, RDS: { r: "to b" } });
    failNext("onResponse");
    expect(() => stream.next()).toThrow("onResponse failed");
    stream.ack(sent.at(-1)!);
    expect(stream.next(), "the client has no endpoints of b").toBeUndefined();
    stream.subscribe("EDS", "b");
    stream.ack(stream.next()!, "b");
    expect(stream.next()?.resources[0]?.name).toBe("r");
  });

  it("onAck: what waits for the ACK no longer waits", () => {
    const { stream, publish, failNext } = start(variant, { CDS: { a: "1" }, RDS: { a: "1" } });
    stream.subscribe("CDS");
    stream.ack(stream.next()!);
    stream.subscribe("RDS", "a");
    stream.ack(stream.next()!, "a");
    publish({ CDS: { a: "2" }, RDS: { a: "2" } });
    const clusters = stream.next()!;
    expect(stream.next()).toBeUndefined();
    failNext("onAck");
    expect(() => stream.ack(clusters)).toThrow("onAck failed");
    expect(stream.next()?.resources[0]).toMatchObject({ name: "a", version: "2" });
  });
});

it("onAck that throws: no resource is pinned any longer (sotw)", () => {
  const { stream, publish, failNext } = start("sotw", { CDS: { a: "eds" }, EDS: { a: "1" } });
  stream.subscribe("CDS");
  stream.subscribe("EDS");
  const clusters = stream.next()!;
  failNext("onAck");
  expect(() => stream.ack(clusters)).toThrow("onAck failed");
  publish({ CDS: { a: "eds" } });
  stream.subscribe("EDS", "a");
  expect(stream.next()).toBeUndefined();
});

/** A stream whose callbacks throw when a test says so. */
function start(variant: Variant, contents: Contents) {
  const cache = new SnapshotCache();
  const publish = (each: Contents) => cache.setSnapshot("node", snapshotOf(each));
  publish(contents);
  const sent: OutgoingResponse[] = [];
  let failing: keyof StreamCallbacks | undefined;
  const call = (name: keyof StreamCallbacks) => {
    if (failing !== name) return;
    failing = undefined;
    throw new Error(`${name} failed`);
  };
  const callbacks: StreamCallbacks = {
    onRequest: () => call("onRequest"),
    onResponse: (_, response) => (sent.push(response), call("onResponse")),
    onAck: () => call("onAck"),
    onNack: () => call("onNack"),
  };
  const stream = new TestStream({ variant, cache, callbacks });
  const failNext = (name: keyof StreamCallbacks) => failing = name;
  return { stream, publish, sent, failNext, status: () => stream.stream.status(0)[0] };
}
