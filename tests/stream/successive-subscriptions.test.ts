import { describe, expect, it } from "vitest";
import { type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE, v3 } from "../../src/v3/mod.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster } from "../clients/make.ts";

/** A target that leads to a cluster, all of whose parts are named alike. */
const leadingTo = (name: string, ...others: Resource[]): Snapshot =>
  new Snapshot({
    resources: [
      target("echo", name),
      routesOf(name, toCluster(name)),
      edsCluster(name),
      endpointsAt(name, { port: 1 }),
      ...others,
    ],
  });

/** Asks for one thing after the other, as each becomes known, and drops what it does not need any more at the end. */
describe.each(["sotw", "delta"] as const)("a client that asks in waves (%s)", (variant) => {
  function connect() {
    const cache = new SnapshotCache();
    const client = new FakeClient({ cache, api: v3, variant, holdBackMs: 1_000 });
    const clusters = (): string[] => [...client.resources(CLUSTER_TYPE).keys()].toSorted();
    const follow = (name: string): void => {
      client.subscribe(LISTENER_TYPE, ["echo"]);
      client.settle();
      for (const typeUrl of [ROUTE_TYPE, CLUSTER_TYPE, ENDPOINT_TYPE]) {
        client.subscribe(typeUrl, [name]);
        client.settle();
      }
    };
    return { cache, client, clusters, follow };
  }

  it("O2 keeps a cluster until it has all that replaces it", () => {
    const { cache, client, clusters, follow } = connect();
    cache.setSnapshot("node", leadingTo("old"));
    follow("old");
    cache.setSnapshot("node", leadingTo("new"));
    client.settle();
    expect(clusters()).toEqual(["old"]);
    client.subscribe(ROUTE_TYPE, ["new"]);
    client.settle();
    expect(clusters()).toEqual(["old"]);
    client.subscribe(CLUSTER_TYPE, ["new"]);
    client.settle();
    expect(clusters()).toEqual(["new", "old"]);
    client.subscribe(ENDPOINT_TYPE, ["new"]);
    client.ack(client.next()!);
    client.settle();
    expect(clusters()).toEqual(["new"]);
  });

  it("O2 keeps it no longer than it is waited for, and is not waited for twice", () => {
    const { cache, client, clusters, follow } = connect();
    cache.setSnapshot("node", leadingTo("old", edsCluster("other")));
    follow("old");
    client.subscribe(CLUSTER_TYPE, ["other"]);
    client.settle();
    cache.setSnapshot("node", leadingTo("new", edsCluster("other")));
    client.settle();
    client.wait(999);
    client.settle();
    expect(clusters()).toEqual(["old", "other"]);
    client.wait(1);
    client.settle();
    expect(clusters()).toEqual(["other"]);
    cache.setSnapshot("node", leadingTo("new"));
    client.settle();
    expect(clusters()).toEqual([]);
  });

  it("O2 is told at once that a cluster is gone which its routes still name", () => {
    const { cache, client, clusters, follow } = connect();
    const world = leadingTo("old");
    cache.setSnapshot("node", world);
    follow("old");
    cache.setSnapshot("node", world.with({ remove: { [CLUSTER_TYPE]: ["old"] } }));
    client.settle();
    expect(clusters()).toEqual([]);
  });

  it("O2 is told at once of a listener that is gone, wherever it is with others", () => {
    const { cache, client, follow } = connect();
    const world = leadingTo("old", target("gone", "old"));
    cache.setSnapshot("node", world);
    follow("old");
    client.subscribe(LISTENER_TYPE, ["gone"]);
    client.settle();
    cache.setSnapshot("node", leadingTo("new"));
    client.settle();
    expect([...client.resources(LISTENER_TYPE).keys()]).toEqual(["echo"]);
  });
});
