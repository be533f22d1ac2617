import type { MessageInitShape } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import type { RouteSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type Case, onlyStreams } from "../case.ts";
import { adminJson } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** Without isolation, what Envoy rejected beside a bad resource arrives with the repair of that. */
export const REJECTED_SIBLINGS: readonly Case[] = [
  {
    type: "RDS",
    name: "without isolation, a good route that was rejected beside a bad one arrives when the bad one is repaired",
    modes: onlyStreams,
    server: { isolate: false },
    async run(world) {
      world.publish([
        ...(["a", "b"] as const).flatMap((name) => [
          edsCluster(world.mode, name),
          endpointAt(name, world.upstreams[name].port),
        ]),
        ...["good", "bad"].flatMap((name) => [
          httpListener(world.mode, name),
          routesOf(name, "1", [toCluster("a")]),
        ]),
      ]);
      await world.startEnvoy();
      await world.reach(
        "both routes",
        () => Promise.all([uses(world, "good", "a", "1"), uses(world, "bad", "a", "1")]),
      );
      world.change({ update: [routesOf("good", "2", [toCluster("b")]), routesOf("bad", "2", [BAD_ROUTE])] });
      await world.reach("a NACK", () => assert.notDeepEqual(world.server.journal.nacks, []));
      world.server.journal.nacks.splice(0);
      world.change({ update: [routesOf("bad", "1", [toCluster("a")])] });
      await world.reach("the good route", () => uses(world, "good", "b", "2"));
      await uses(world, "bad", "a", "1");
    },
  },
  {
    type: "CDS",
    name:
      "without isolation, a cluster that was removed beside a bad one is removed, and a new one arrives, when the bad one is repaired",
    modes: onlyStreams,
    server: { isolate: false },
    async run(world) {
      const usable = (name: "a" | "b") => [edsCluster(world.mode, name), endpointAt(name, world.upstreams[name].port)];
      world.publish([
        ...usable("a"),
        ...usable("b"),
        httpListener(world.mode, "http"),
        routesOf("http", "1", [toCluster("a")]),
      ]);
      await world.startEnvoy();
      await world.reach("the route", () => uses(world, "http", "a", "1"));
      const extra = edsCluster(world.mode, "extra", { altStatName: "extra" });
      const bad = edsCluster(world.mode, "bad", { connectTimeout: { seconds: 0n } });
      world.change({ update: [extra, endpointAt("extra", world.upstreams.b.port), bad], remove: usable("b") });
      await world.reach("a NACK", () => assert.notDeepEqual(world.server.journal.nacks, []));
      world.server.journal.nacks.splice(0);
      world.change({ remove: [bad] });
      await world.reach("the clusters", async () => {
        const clusters = await clustersOf(world);
        assert.deepEqual(["a", "b", "bad", "extra"].filter((name) => clusters.has(name)), ["a", "extra"]);
      });
    },
  },
];

const BAD_ROUTE: MessageInitShape<typeof RouteSchema> = {
  match: { pathSpecifier: { case: "safeRegex", value: { regex: "(" } } },
  action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "a" } } },
};

async function uses(world: World, listener: string, upstream: string, version: string): Promise<void> {
  const { status, headers } = await world.get(listener);
  const seen = { status, upstream: headers["x-upstream"], version: headers["x-config-version"] };
  assert.deepEqual(seen, { status: 200, upstream, version });
}

async function clustersOf({ envoy }: World): Promise<Set<string>> {
  const page = await adminJson<{ cluster_statuses: readonly { name: string }[] }>(envoy, "/clusters?format=json");
  return new Set(page.cluster_statuses.map(({ name }) => name));
}
