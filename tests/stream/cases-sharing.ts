import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import { type OutgoingResponse, ResponseFactory, type Variant } from "../../src/stream/mod.ts";
import { both, type Case } from "./case.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

/** Streams of one server that are sent different responses at the same revision; `shared.test.ts` has those that share. */
export const SHARING: readonly Case[] = [
  ...both("S6 D17 clients that rejected other names are not sent the same response", (variant) => {
    const { first, second, publish } = start(variant);
    publish({ RDS: { x: "1", y: "1", z: "1" } });
    for (const stream of [first, second]) {
      stream.subscribe("RDS", "*");
      stream.ack(stream.next()!, "*");
    }
    publish({ RDS: { x: "2", y: "1", z: "1" } });
    first.nack(first.next()!, "*");
    second.ack(second.next()!, "*");
    publish({ RDS: { x: "2", y: "2", z: "1" } });
    first.nack(first.next()!, "*");
    second.nack(second.next()!, "*");
    publish({ RDS: { x: "2", y: "2", z: "2" } });
    expect(show(first.next()!)).toBe("x y z");
    expect(show(second.next()!)).toBe("y z");
  }),
  ...both("O2 a client that withholds a removal and one that does not are not sent the same response", (variant) => {
    const { first, second, publish } = start(variant);
    publish({ CDS: { a: "1", b: "1" }, RDS: { r: "1" } });
    for (const stream of [first, second]) {
      stream.subscribe("CDS");
      stream.ack(stream.next()!);
    }
    first.subscribe("RDS", "r");
    first.ack(first.next()!, "r");
    publish({ CDS: { b: "1", c: "1" }, RDS: { r: "2" } });
    expect(show(first.next()!)).toBe(variant === "sotw" ? "a b c" : "c");
    expect(show(second.next()!)).toBe(variant === "sotw" ? "b c" : "c -a");
  }),
  ...both("S4 D1 a client that is behind another is not sent the same response", (variant) => {
    const { first, second, publish } = start(variant);
    publish({ RDS: { a: "1", b: "1" } });
    for (const stream of [first, second]) stream.subscribe("RDS", "*");
    const response = second.next()!;
    first.ack(first.next()!, "*");
    publish({ RDS: { a: "2", b: "1" } });
    first.ack(first.next()!, "*");
    publish({ RDS: { a: "2", b: "2" } });
    second.ack(response, "*");
    expect(show(first.next()!)).toBe("b");
    expect(show(second.next()!)).toBe("a b");
  }),
];

function start(variant: Variant) {
  const cache = new SnapshotCache();
  const responses = new ResponseFactory({ identifier: "" });
  const [first, second] = [1, 2].map((id) => new TestStream({ id, variant, cache, responses })) as [
    TestStream,
    TestStream,
  ];
  return { first, second, publish: (contents: Contents) => cache.setSnapshot("node", snapshotOf(contents)) };
}

/** The names of a response, those removed with a sign. */
function show({ resources, removed }: OutgoingResponse): string {
  return [...resources.map(({ name }) => name).sort(), ...removed.map((name) => `-${name}`)].join(" ");
}
