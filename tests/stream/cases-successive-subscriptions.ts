import { expect } from "vitest";
import { type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import type { Variant } from "../../src/stream/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE, v3 } from "../../src/v3/mod.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster } from "../clients/make.ts";
import { both, type Case } from "./case.ts";

/** A client of gRPC's kind: it learns of each name by the resource before, and unsubscribes from old names at the end. */
export const SUCCESSIVE_SUBSCRIPTIONS: readonly Case[] = [
  ...both("O2 keeps a cluster until it has all resources that replace it", (variant) => {
    const { cache, client, clusters, follow } = connect(variant);
    cache.setSnapshot("node", chainTo("old"));
    follow("old");
    cache.setSnapshot("node", chainTo("new"));
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
  }),

  ...both("O2 keeps it until the deadline, and the next removal is not withheld for the same names", (variant) => {
    const { cache, client, clusters, follow } = connect(variant);
    cache.setSnapshot("node", chainTo("old", edsCluster("other")));
    follow("old");
    client.subscribe(CLUSTER_TYPE, ["other"]);
    client.settle();
    cache.setSnapshot("node", chainTo("new", edsCluster("other")));
    client.settle();
    client.wait(999);
    client.settle();
    expect(clusters()).toEqual(["old", "other"]);
    client.wait(1);
    client.settle();
    expect(clusters()).toEqual(["other"]);
    cache.setSnapshot("node", chainTo("new"));
    client.settle();
    expect(clusters()).toEqual([]);
  }),

  ...both("O2 is sent the removal of a cluster at once that its unchanged routes still refer to", (variant) => {
    const { cache, client, clusters, follow } = connect(variant);
    const snapshot = chainTo("old");
    cache.setSnapshot("node", snapshot);
    follow("old");
    cache.setSnapshot("node", snapshot.with({ remove: { [CLUSTER_TYPE]: ["old"] } }));
    client.settle();
    expect(clusters()).toEqual([]);
  }),

  ...both("O2 is sent the removal of a listener at once, beside other changes", (variant) => {
    const { cache, client, follow } = connect(variant);
    const snapshot = chainTo("old", target("gone", "old"));
    cache.setSnapshot("node", snapshot);
    follow("old");
    client.subscribe(LISTENER_TYPE, ["gone"]);
    client.settle();
    cache.setSnapshot("node", chainTo("new"));
    client.settle();
    expect([...client.resources(LISTENER_TYPE).keys()]).toEqual(["echo"]);
  }),
];

function connect(variant: Variant) {
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

/** A listener whose route refers to a cluster, all named alike. */
function chainTo(name: string, ...others: Resource[]): Snapshot {
  return new Snapshot({
    resources: [
      target("echo", name),
      routesOf(name, toCluster(name)),
      edsCluster(name),
      endpointsAt(name, { port: 1 }),
      ...others,
    ],
  });
}
