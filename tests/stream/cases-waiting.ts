import { expect } from "vitest";
import { SnapshotCache } from "../../mod.ts";
import type { Variant } from "../../src/stream/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { both, type Case } from "./case.ts";
import { type Contents, snapshotOf } from "./make.ts";
import { TestStream } from "./test-stream.ts";

const A: Contents = { CDS: { a: "1" }, EDS: { a: "1" }, RDS: { r: "to a" } };
const B: Contents = { CDS: { b: "1" }, EDS: { b: "1" }, RDS: { r: "to b" } };

/** What the status says of each type, and what it says in between is not changed by looking. */
export const WAITING: readonly Case[] = [
  ...both("nothing waits where the client is in sync, or has a response in flight", (variant) => {
    const { client, publish, waiting } = start(variant);
    expect(waiting()).toEqual({});
    publish({ ...A, RDS: { r: "2" } });
    client.next();
    publish({ ...A, CDS: { a: "2" }, RDS: { r: "3" } });
    expect(waiting()).toEqual({});
  }),
  ...both("a type waits until the cache has a configuration, also of another group", (variant) => {
    const cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster });
    const stream = new TestStream({ variant, cache });
    const waiting = () => stream.stream.status(0)[0]!.waiting;
    stream.request("RDS", {
      node: { id: "node", cluster: "first" },
      resourceNames: ["r"],
      resourceNamesSubscribe: ["r"],
    });
    expect(waiting()).toBe("RouteConfiguration: waits until the cache has a configuration for the client");
    cache.setSnapshot("first", snapshotOf(A));
    expect(waiting()).toBeUndefined();
    stream.request("RDS", { node: { id: "node", cluster: "second" }, resourceNames: ["r"] });
    expect(waiting()).toBe("RouteConfiguration: waits until the cache has a configuration for the client's new group");
  }),
  ...both("routes wait until changes of clusters are sent, then for their ACK", (variant) => {
    const { client, publish, waiting } = start(variant);
    publish({ ...A, CDS: { a: "2" }, RDS: { r: "2" } });
    expect(waiting()).toEqual({ RDS: "RouteConfiguration: waits until changes of Cluster are sent" });
    client.next();
    expect(client.next()).toBeUndefined();
    client.wait(3_000);
    expect(waiting()).toEqual({ RDS: "RouteConfiguration: waits for the ACK of Cluster, at most 12 s more" });
    client.wait(11_001);
    expect(waiting()).toEqual({ RDS: "RouteConfiguration: waits for the ACK of Cluster, at most 1 s more" });
    client.wait(5_000);
    expect(waiting()).toEqual({ RDS: "RouteConfiguration: waits for the ACK of Cluster, at most 0 s more" });
  }),
  ...both("routes wait for the endpoints of a cluster", (variant) => {
    const { client, publish, waiting } = start(variant);
    publish({ ...A, CDS: { a: "1", b: "eds" }, EDS: { a: "1", b: "1" }, RDS: { r: "to b" } });
    client.settle();
    expect(waiting()).toEqual({
      RDS: "RouteConfiguration: waits until the client has received what its Cluster refers to, at most 15 s more",
    });
  }),
  ...both("the removal of a cluster waits for routes, and longer for those that the client rejects", (variant) => {
    const { client, publish, waiting } = start(variant);
    publish({ ...B, EDS: A.EDS! });
    client.ack(client.next()!);
    const text = "Cluster: withholds 1 removal and waits";
    expect(waiting()).toEqual({ CDS: `${text} until changes of RouteConfiguration are sent, at most 15 s more` });
    const routes = client.next()!;
    client.wait(5_000);
    expect(waiting()).toEqual({ CDS: `${text} for the ACK of RouteConfiguration, at most 10 s more` });
    client.nack(routes, "no");
    expect(waiting()).toEqual({ CDS: `${text} for a RouteConfiguration that the client does not reject` });
  }),
  ["the removal of endpoints waits until removals of clusters are sent (delta)", () => {
    const { client, publish, waiting } = start("delta");
    publish({ CDS: { x: "1" }, EDS: {}, RDS: { r: "to x" } });
    client.ack(client.next()!);
    client.nack(client.next()!, "no");
    expect(client.next()).toBeUndefined();
    expect(waiting().EDS).toBe(
      "ClusterLoadAssignment: withholds 1 removal and waits until removals of Cluster are sent",
    );
  }],
  ["removals wait until a client that subscribes by name has what replaces them (delta)", () => {
    const { client, publish, waiting } = start("delta", ["a", "x"]);
    publish({ ...B, CDS: { b: "1" } });
    client.settle();
    expect(waiting().CDS).toBe(
      "Cluster: withholds 2 removals and waits until the client has received what its RouteConfiguration refers to, " +
        "at most 15 s more",
    );
  }],
];

/** A client in sync with A. @param names - of clusters; none: the wildcard */
function start(variant: Variant, names: readonly string[] = []) {
  const cache = new SnapshotCache();
  const publish = (each: Contents) => cache.setSnapshot("node", snapshotOf(each));
  const client = new FakeClient({ cache, api: v3, variant, holdBackMs: 15_000 });
  publish({ ...A, CDS: { a: "1", ...names.length > 0 && { x: "1" } } });
  client.subscribe(TYPES.CDS, names);
  client.settle();
  client.subscribe(TYPES.EDS, ["a"]);
  client.subscribe(TYPES.RDS, ["r"]);
  client.settle();
  /** By type, for those that wait. */
  const waiting = (): { readonly [T in Type]?: string } => {
    const status = new Map(client.status().map((each) => [each.typeUrl, each.waiting]));
    const types = (Object.keys(TYPES) as Type[]).filter((type) => status.get(TYPES[type]) !== undefined);
    return Object.fromEntries(types.map((type) => [type, status.get(TYPES[type])!]));
  };
  return { client, publish, waiting };
}
