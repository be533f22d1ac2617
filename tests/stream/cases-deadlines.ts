import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import type { OutgoingResponse, Variant } from "../../src/stream/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { both, type Case } from "./case.ts";
import { type Contents, snapshotOf } from "./make.ts";

/** How long a type waits for another here. */
const HOLD_BACK_MS = 1_000;

/** What waits for a client, and no longer than the server's deadline. */
export const DEADLINES: readonly Case[] = [
  ...both("O3 a client that does not ACK a type is not waited for a second time", (variant) => {
    const { client, publish, next } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    publish({ CDS: { a: "2" }, RDS: { r: "2" } });
    expect(next()).toBe("CDS a=2");
    expect(next()).toBe("");
    client.wait(HOLD_BACK_MS - 1);
    expect(next()).toBe("");
    client.wait(1);
    const routes = client.next()!;
    expect(show(routes)).toBe("RDS r=2");
    client.ack(routes);
    publish({ CDS: { a: "2" }, RDS: { r: "3" } });
    expect(next()).toBe("RDS r=3");
  }),
  ...both("O3 a type that was released once waits again for the next publication", (variant) => {
    const { client, publish, next } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    publish({ CDS: { a: "2" }, RDS: { r: "2" } });
    const clusters = client.next()!;
    expect(next()).toBe("");
    client.wait(HOLD_BACK_MS);
    client.ack(client.next()!);
    client.ack(clusters);
    publish({ CDS: { a: "3" }, RDS: { r: "3" } });
    expect(next()).toBe("CDS a=3");
    expect(next()).toBe("");
  }),
  ...both("O3 the deadline of one cluster's endpoints does not end the wait for another's", (variant) => {
    const { client, publish, next } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    publish({ CDS: { a: "1", b: "eds" }, RDS: { r: "1" }, EDS: { b: "1", c: "1" } });
    client.settle();
    client.wait(500);
    publish({ CDS: { a: "1", b: "eds", c: "eds" }, RDS: { r: "2" }, EDS: { b: "1", c: "1" } });
    client.ack(client.next()!);
    expect(next()).toBe("");
    client.wait(HOLD_BACK_MS - 500);
    expect(next()).toBe("");
    client.wait(500);
    expect(next()).toBe("RDS r=2");
  }),
  ...both("O3 a client that never subscribes to endpoints is not waited for a second time", (variant) => {
    const { client, publish, next } = start(variant, { CDS: { a: "1" }, RDS: { r: "1" } });
    publish({ CDS: { a: "1", b: "eds" }, RDS: { r: "2" }, EDS: { b: "1", c: "1" } });
    client.ack(client.next()!);
    expect(next()).toBe("");
    client.wait(500);
    publish({ CDS: { a: "1", b: "eds", c: "eds" }, RDS: { r: "2" }, EDS: { b: "1", c: "1" } });
    client.ack(client.next()!);
    client.wait(500);
    client.ack(client.next()!);
    publish({ CDS: { a: "1", b: "eds", c: "eds" }, RDS: { r: "3" }, EDS: { b: "1", c: "1" } });
    expect(next()).toBe("RDS r=3");
  }),
  ...both("O2 the deadline of one removal does not end the protection of another", (variant) => {
    const { client, publish, next } = start(variant, { CDS: { a: "1", b: "1" }, RDS: { r: "1" } });
    const held = () => [...client.resources(TYPES.CDS).keys()].toSorted().join(" ");
    publish({ CDS: { b: "1", c: "1" }, RDS: { r: "2" } });
    client.ack(client.next()!);
    expect(next(), "the client never ACKs it").toBe("RDS r=2");
    client.wait(300);
    publish({ CDS: { c: "1", d: "1" }, RDS: { r: "2" } });
    client.ack(client.next()!);
    expect(held()).toBe("a b c d");
    client.wait(HOLD_BACK_MS - 300);
    client.settle();
    expect(held()).toBe("b c d");
    client.wait(300);
    client.settle();
    expect(held()).toBe("c d");
  }),
  ["O3 a resource is pinned until the ACK of what refers to it, and no longer (sotw)", () => {
    const { client, publish, next } = start("sotw", { CDS: { a: "eds" }, EDS: { a: "1" } });
    client.subscribe(TYPES.EDS, ["a"]);
    client.settle();
    publish({ CDS: { a: "eds", b: "eds" }, EDS: { a: "1", b: "1" } });
    client.ack(client.next()!);
    publish({ CDS: { a: "eds", b: "eds" }, EDS: { a: "1" } });
    client.subscribe(TYPES.EDS, ["b"]);
    expect(next()).not.toContain("b=1");
  }],
];

/** A client that has subscribed to clusters and to the route `r`, and has ACKed both. */
function start(variant: Variant, contents: Contents) {
  const cache = new SnapshotCache();
  const publish = (each: Contents) => cache.setSnapshot("node", snapshotOf(each));
  const client = new FakeClient({ cache, api: v3, variant, holdBackMs: HOLD_BACK_MS });
  publish(contents);
  client.subscribe(TYPES.CDS);
  client.settle();
  client.subscribe(TYPES.RDS, ["r"]);
  client.settle();
  return { client, publish, next: () => show(client.next()) };
}

/** A response in one line; empty for none. */
function show(response: OutgoingResponse | undefined): string {
  if (response === undefined) return "";
  const type = (Object.keys(TYPES) as Type[]).find((each) => TYPES[each] === response.typeUrl);
  const names = response.resources.map(({ name, version }) => `${name}=${version}`);
  return [type, ...names, ...response.removed.map((name) => `-${name}`)].join(" ");
}
