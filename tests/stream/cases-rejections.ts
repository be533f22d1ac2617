import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import type { OutgoingResponse, Variant } from "../../src/stream/mod.ts";
import { both, type Case } from "./case.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";
/** What a client rejected comes with the next change. */
export const REJECTIONS: readonly Case[] = [
  ...both("S6 D17 a second NACK does not settle the names of the first", (variant) => {
    const { stream, publish } = start(variant);
    publish({ RDS: { x: "2", y: "1", z: "1", new: "1" } });
    stream.subscribe("RDS", "x", "y", "z");
    stream.nack(stream.next()!, "x", "y", "z");
    stream.subscribe("RDS", ...variant === "sotw" ? ["x", "y", "z"] : [], "new");
    const requested = stream.next()!;
    expect(namesOf(requested)).toEqual(["new"]);
    stream.nack(requested, "x", "y", "z", "new");
    publish({ RDS: { x: "2", y: "1", z: "2", new: "1" } });
    expect(namesOf(stream.next()!)).toEqual(["new", "x", "y", "z"]);
  }),
];

function start(variant: Variant) {
  const cache = new SnapshotCache();
  const stream = new TestStream({ variant, cache });
  return { stream, publish: (contents: Contents) => cache.setSnapshot("node", snapshotOf(contents)) };
}

function namesOf({ resources }: OutgoingResponse): string[] {
  return resources.map(({ name }) => name).sort();
}
