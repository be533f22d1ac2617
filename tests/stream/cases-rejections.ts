import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import { type OutgoingResponse, ResponseFactory, type Variant } from "../../src/stream/mod.ts";
import { both, type Case } from "./case.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";
/** What a client rejected comes with the next change, to this client alone. */
export const REJECTIONS: readonly Case[] = [
  ...both("S6 D17 a second NACK does not settle the names of the first", (variant) => {
    const { streams: [stream], publish } = start(variant, 1);
    publish({ RDS: { x: "2", y: "1", z: "1", new: "1" } });
    stream!.subscribe("RDS", "x", "y", "z");
    stream!.nack(stream!.next()!, "x", "y", "z");
    stream!.subscribe("RDS", ...variant === "sotw" ? ["x", "y", "z"] : [], "new");
    const requested = stream!.next()!;
    expect(namesOf(requested)).toEqual(["new"]);
    stream!.nack(requested, "x", "y", "z", "new");
    publish({ RDS: { x: "2", y: "1", z: "2", new: "1" } });
    expect(namesOf(stream!.next()!)).toEqual(["new", "x", "y", "z"]);
  }),
  ...both("S6 D17 clients that rejected other names are not sent the same response", (variant) => {
    const { streams: [first, second], publish } = start(variant, 2);
    publish({ RDS: { x: "1", y: "1", z: "1" } });
    for (const stream of [first!, second!]) {
      stream.subscribe("RDS", "*");
      stream.ack(stream.next()!, "*");
    }
    publish({ RDS: { x: "2", y: "1", z: "1" } });
    first!.nack(first!.next()!, "*");
    second!.ack(second!.next()!, "*");
    publish({ RDS: { x: "2", y: "2", z: "1" } });
    first!.nack(first!.next()!, "*");
    second!.nack(second!.next()!, "*");
    publish({ RDS: { x: "2", y: "2", z: "2" } });
    expect(namesOf(first!.next()!)).toEqual(["x", "y", "z"]);
    expect(namesOf(second!.next()!)).toEqual(["y", "z"]);
  }),
];

function start(variant: Variant, count: number) {
  const cache = new SnapshotCache();
  const responses = new ResponseFactory({ identifier: "" });
  const streams = Array.from({ length: count }, () => new TestStream({ variant, cache, responses }));
  return { streams, publish: (contents: Contents) => cache.setSnapshot("node", snapshotOf(contents)) };
}

function namesOf({ resources }: OutgoingResponse): string[] {
  return resources.map(({ name }) => name).sort();
}
