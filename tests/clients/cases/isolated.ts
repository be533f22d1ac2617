import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../../src/v3/mod.ts";
import { METHODS } from "../backend.ts";
import { type Case, speaksV3 } from "../case.ts";
import {
  edsCluster,
  endpointsAt,
  routesOf,
  target,
  toCluster,
  unusableCluster,
  unusableEndpoints,
  unusableRoutes,
  unusableTarget,
} from "../make.ts";
import type { World } from "../world.ts";

const NAMES = ["n0", "n1", "n2", "n3", "n4", "n5"] as const;
const BAD: readonly string[] = ["n1", "n4"];

/** A change by which all calls get to another backend. */
interface Change {
  readonly typeUrl: string;
  /**
   * Of these there are six. Most clients have a stream for each target, so that several listeners or routes are in one
   * response for grpc-js only.
   */
  readonly manyOf: "targets" | "clusters";
  /** What is published beside it. @param next - a name that was not used before */
  readonly beside: (next: string, backend: { readonly port: number }) => Resource[];
  readonly good: (name: string, next: string, backend: { readonly port: number }) => Resource;
  readonly bad: (name: string) => Resource;
}

const CHANGES: Readonly<Record<"listener" | "route" | "cluster" | "endpoints", Change>> = {
  cluster: {
    typeUrl: CLUSTER_TYPE,
    manyOf: "clusters",
    beside: (next, backend) => [endpointsAt(next, backend)],
    good: (name, next) => edsCluster(name, next),
    bad: unusableCluster,
  },
  listener: {
    typeUrl: LISTENER_TYPE,
    manyOf: "targets",
    beside: (next, backend) => [routesOf(next, toCluster(next)), edsCluster(next), endpointsAt(next, backend)],
    good: (name, next) => target(name, next),
    bad: unusableTarget,
  },
  route: {
    typeUrl: ROUTE_TYPE,
    manyOf: "targets",
    beside: (next, backend) => [edsCluster(next), endpointsAt(next, backend)],
    good: (name, next) => routesOf(name, toCluster(next)),
    bad: (name) => unusableRoutes(name, name),
  },
  endpoints: {
    typeUrl: ENDPOINT_TYPE,
    manyOf: "clusters",
    beside: () => [],
    good: (name, _, backend) => endpointsAt(name, backend),
    bad: unusableEndpoints,
  },
};

/** Resources that a client rejects, beside others that it does not. */
export const ISOLATED: readonly Case[] = Object.entries(CHANGES).map(([what, change]): Case => ({
  name: `I1 I2 two of six are a bad ${what}: the others follow, and those two when they are repaired`,
  clients: speaksV3,
  run: (world) => isolate(world, change),
}));

async function isolate(world: World, change: Change): Promise<void> {
  const { beside, good, bad, typeUrl } = change;
  const { a, b } = world.backends;
  await world.publish(
    ...targets(change),
    ...NAMES.flatMap((name) => [edsCluster(name), endpointsAt(name, a)]),
  );
  await meets(world, change, () => "a");
  await world.settles();
  const before = responses(world, typeUrl);

  const isBad = (name: string) => BAD.includes(name);
  await world.change({
    update: [
      ...NAMES.flatMap((name) => beside(nextOf(name), b)),
      ...NAMES.map((name) => isBad(name) ? bad(name) : good(name, nextOf(name), b)),
    ],
  });
  await world.hears("what is in quarantine", (journal) => assert.deepEqual(namesOf(journal.of("quarantine")), BAD));
  await meets(world, change, (name) => isBad(name) ? "a" : "b");
  await world.settles();
  const nacks = world.journal.nacks.splice(0);
  for (const nack of nacks) assert.equal(nack.typeUrl, typeUrl);
  // All clients name what they reject, so that no search is needed.
  assert.deepEqual(namesOf(nacks), BAD);
  assert.equal(new Set(nacks.map(({ stream }) => stream)).size, nacks.length);
  if (change.manyOf === "clusters") assert.equal(nacks.length, 1);
  for (const [stream, count] of responses(world, typeUrl)) assert.ok(count - (before.get(stream) ?? 0) <= 2);

  await world.change({ update: BAD.map((name) => good(name, nextOf(name), b)) });
  await meets(world, change, () => "b");
  await world.settles();
  assert.deepEqual(namesOf(world.journal.of("release")), BAD);
  assert.deepEqual(world.journal.nacks, []);
}

function nextOf(name: string): string {
  return `${name}-next`;
}

function targets({ manyOf }: Change): Resource[] {
  if (manyOf === "targets") return NAMES.flatMap((name) => [target(name), routesOf(name, toCluster(name))]);
  return [target("echo"), routesOf("echo", ...NAMES.map((name) => toCluster(name, METHODS[name])))];
}

async function meets(world: World, { manyOf }: Change, backendOf: (name: string) => string): Promise<void> {
  for (const name of NAMES) {
    await world.meets([backendOf(name)], manyOf === "targets" ? { target: `xds:///${name}` } : { method: name });
  }
}

function namesOf(said: readonly { readonly names?: readonly string[] }[]): string[] {
  return said.flatMap(({ names = [] }) => names).toSorted();
}

/** How many responses of a type each stream was sent. */
function responses({ journal }: World, typeUrl: string): Map<number, number> {
  const perStream = Map.groupBy(journal.of("response", typeUrl), ({ stream }) => stream);
  return new Map([...perStream].map(([stream, { length }]) => [stream, length]));
}
