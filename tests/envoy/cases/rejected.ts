import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../../src/v3/mod.ts";
import { type Case, onlyPolls, onlyStreams } from "../case.ts";
import {
  echoCluster,
  echoEndpoints,
  echoResources,
  FIRST,
  httpListener,
  moveTo,
  reached,
  routes,
  startWith,
  type State,
} from "../echo-config.ts";
import { rejectedAPoll, statOf } from "../look.ts";
import type { Mode } from "../modes.ts";
import type { World } from "../world.ts";

/** A change that Envoy rejects, and the ones that follow it. */
interface Rejected {
  readonly type: string;
  readonly typeUrl: string;
  /** Envoy's own count of such rejections. */
  readonly stat: string;
  /** What Envoy says of it. */
  readonly reason: RegExp;
  readonly bad: (mode: Mode) => Resource;
  /** A good change of another type, which is published next. */
  readonly meanwhile: Partial<State>;
  /** A good change of the same type, which is published last. */
  readonly good: Partial<State>;
}

const CHANGES: readonly Rejected[] = [
  {
    type: "LDS",
    typeUrl: LISTENER_TYPE,
    stat: "listener_manager.lds.update_rejected",
    reason: /malformed IP address: nowhere/,
    bad: (mode) => httpListener(mode, "bad", "nowhere"),
    meanwhile: { version: "meanwhile" },
    good: { serverName: "good" },
  },
  {
    type: "CDS",
    typeUrl: CLUSTER_TYPE,
    stat: "cluster_manager.cds.update_rejected",
    reason: /ConnectTimeout: value must be greater than/,
    bad: (mode) => echoCluster(mode, 0),
    meanwhile: { version: "meanwhile" },
    good: { connectTimeoutSeconds: 2 },
  },
  {
    type: "RDS",
    typeUrl: ROUTE_TYPE,
    stat: "http.http.rds.routes.update_rejected",
    reason: /missing \)/,
    bad: () => routes("bad", "("),
    meanwhile: { upstream: "b" },
    good: { version: "good" },
  },
  {
    type: "EDS",
    typeUrl: ENDPOINT_TYPE,
    stat: "cluster.echo.update_rejected",
    reason: /malformed IP address: nowhere/,
    bad: () => echoEndpoints(1, "nowhere"),
    meanwhile: { version: "meanwhile" },
    good: { upstream: "b" },
  },
];

/**
 * What is rejected is sent once, or to polls again and again; what else changes meanwhile arrives; and the next of the
 * same type is taken.
 */
export const REJECTED: readonly Case[] = CHANGES.flatMap((change): Case[] => [
  {
    type: change.type,
    name: "what is rejected is sent once",
    modes: onlyStreams,
    run: (world) => reject(world, change),
  },
  {
    type: change.type,
    name: "what is rejected is not used, and asked for again",
    modes: onlyPolls,
    run: (world) => rejectPolled(world, change),
  },
]);

async function reject(world: World, { typeUrl, ...change }: Rejected): Promise<void> {
  await startWith(world, FIRST);
  const { server } = world;
  const sentOfType = () => server.journal.sent.filter((sent) => sent.typeUrl === typeUrl).length;
  const sentBefore = sentOfType();

  world.change({ update: [change.bad(world.mode)] });
  const version = server.snapshot.version(typeUrl);
  await world.reach("a NACK", () => assert.notDeepEqual(server.journal.nacks, []));

  // A change of another type arrives; by then a second attempt would have been made.
  const meanwhile = { ...FIRST, ...change.meanwhile };
  world.change({ update: echoResources(world, meanwhile).filter((resource) => resource.typeUrl !== typeUrl) });
  await reached(world, meanwhile);
  assert.equal(sentOfType() - sentBefore, 1);

  await moveTo(world, { ...meanwhile, ...change.good });
  assert.equal(await statOf(world.envoy, change.stat), 1);
  const [nack, ...others] = server.journal.nacks.splice(0);
  assert.deepEqual(others, []);
  assert.deepEqual({ typeUrl: nack!.typeUrl, version: nack!.version }, { typeUrl, version });
  assert.match(nack!.message, change.reason);
}

async function rejectPolled(world: World, { typeUrl, ...change }: Rejected): Promise<void> {
  await startWith(world, FIRST);
  const sentOfType = () => world.server.journal.sent.filter((sent) => sent.typeUrl === typeUrl).length;
  const sentBefore = sentOfType();

  world.change({ update: [change.bad(world.mode)] });
  await rejectedAPoll(world, change.reason);
  await world.reach("a second attempt", () => assert.ok(sentOfType() - sentBefore >= 2));

  const meanwhile = { ...FIRST, ...change.meanwhile };
  world.change({ update: echoResources(world, meanwhile).filter((resource) => resource.typeUrl !== typeUrl) });
  await reached(world, meanwhile);

  await moveTo(world, { ...meanwhile, ...change.good });
  const rejected = await statOf(world.envoy, change.stat);
  assert.ok(rejected >= 2);
  await reached(world, { ...meanwhile, ...change.good });
  assert.equal(await statOf(world.envoy, change.stat), rejected);
}
