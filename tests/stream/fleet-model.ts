import fc from "fast-check";
import { expect } from "vitest";
import { type Behaviour, RejectingClient } from "./rejecting-client.ts";
import { clusterOf, CLUSTERS, idOf, type Publication, ROUTES, Served, type ServedType } from "./rejecting-fleet.ts";

const TYPES = ["CDS", "EDS", "RDS"] as const;
const VERSIONS = ["1", "2", "3"];
const ROUTE_CONTENTS = VERSIONS.flatMap((version) => CLUSTERS.map((cluster) => `${version} to ${cluster}`));
const ALL_CONTENTS = [
  ...CLUSTERS.flatMap((name) => VERSIONS.flatMap((version) => [`CDS ${name}=${version}`, `EDS ${name}=${version}`])),
  ...ROUTES.flatMap((name) => ROUTE_CONTENTS.map((content) => `RDS ${name}=${content}`)),
];
const REFERRERS: Readonly<Record<ServedType, readonly ServedType[]>> = { CDS: ["RDS"], EDS: ["CDS", "RDS"], RDS: [] };
/** Of eleven names each may be tried alone, and what refers to it be sent once more. */
const MAX_RESPONSES = 100;

const publication: fc.Arbitrary<Publication> = fc.record({
  CDS: fc.dictionary(fc.constantFrom(...CLUSTERS), fc.constantFrom(...VERSIONS)),
  EDS: fc.dictionary(fc.constantFrom(...CLUSTERS), fc.constantFrom(...VERSIONS)),
  RDS: fc.dictionary(fc.constantFrom(...ROUTES), fc.constantFrom(...ROUTE_CONTENTS)),
});

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  variant: fc.constantFrom("sotw" as const, "delta" as const),
  wildcard: fc.boolean(),
  rejects: fc.subarray(ALL_CONTENTS, { maxLength: 20 }),
  honesty: fc.oneof(
    { weight: 5, arbitrary: fc.constant("honest" as const) },
    { weight: 1, arbitrary: fc.constantFrom("everything" as const, "alternates" as const) },
  ),
  reason: fc.constantFrom("none", "first", "list", "dump", "mention", "lie"),
});

/** What happens in a run. */
type Step =
  | { readonly publish: Publication }
  | { readonly client: number; readonly takes: number }
  | { readonly client: number; readonly reconnects: true };

const client = fc.nat({ max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ publish: publication }),
  fc.record({ client, takes: fc.nat({ max: 9 }) }),
  fc.record({ client, reconnects: fc.constant(true as const) }),
);

/** A group of clients, what is published, and what they take of it. */
export const fleetRun = fc.record({
  minNodes: fc.constantFrom(2, 3, Infinity),
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 5 }),
  first: publication,
  steps: fc.array(step, { maxLength: 12 }),
});

type FleetRun = typeof fleetRun extends fc.Arbitrary<infer Run> ? Run : never;

/** Plays a run, and throws if any client lacks what it accepts, has what it should not have, or was sent it too early. */
export function playFleet({ minNodes, behaviours, first, steps }: FleetRun): void {
  const served = new Served({ minNodes, share: 0.5 });
  served.publish(first);
  const clients = behaviours.map((each, i) => new RejectingClient(served, `node-${i}`, each));
  for (const each of steps) play(each, served, clients);
  for (let rounds = 0; rounds < 3; rounds++) {
    drain(clients);
    for (const each of clients) expect(each.violations).toEqual([]);
    if (rounds === 0) { for (const each of clients) expect(missing(each, served)).toEqual([]); }
    served.now += 100_000;
  }
  for (const each of clients) expect([...missing(each, served), ...surplus(each, served)]).toEqual([]);
  const isAlone = clients.length === 1 && steps.every((each) => !("reconnects" in each));
  if (isAlone) expect(lost(clients[0]!, served)).toEqual([]);
}

function play(step: Step, served: Served, clients: readonly RejectingClient[]): void {
  if ("publish" in step) {
    served.publish(step.publish);
    for (const each of clients) each.published();
    return;
  }
  const client = clients[step.client % clients.length]!;
  if ("reconnects" in step) client.reconnect();
  else for (let i = 0; i < step.takes; i++) client.take();
}

function drain(clients: readonly RejectingClient[]): void {
  for (let isMoving = true; isMoving;) {
    isMoving = false;
    for (const each of clients) {
      if (each.take()) isMoving = true;
      expect(each.responses, "responses to one publication").toBeLessThan(MAX_RESPONSES);
    }
  }
}

/** What a client accepts, and does not have. */
function missing(client: RejectingClient, served: Served): string[] {
  if (!isJudged(client)) return [];
  const waiting = client.quarantined("RDS");
  return TYPES.flatMap((type) => {
    const others = client.quarantined(type);
    return [...served.published[type].values()].filter((resource) => {
      const { name, version } = resource;
      if (client.behaviour.rejects.includes(idOf(type, resource)) || others.get(name) === "others") return false;
      if (type === "RDS" && lacksCluster(client, served, clusterOf(resource))) return false;
      if (type === "RDS" && waiting.get(name) === "reference" && isUnknown(client, clusterOf(resource))) return false;
      if (type === "CDS" && lacks(client, served, "EDS", name)) return false;
      return client.held[type].get(name)?.version !== version;
    }).map((resource) => `${idOf(type, resource)} is missing`);
  });
}

/** What a client has, and should not have any more. */
function surplus(client: RejectingClient, served: Served): string[] {
  if (!isJudged(client)) return [];
  const types: ServedType[] = client.behaviour.variant === "delta" ? [...TYPES] : ["CDS"];
  return types.flatMap((type) => {
    // What the client has in place of a rejected resource may use it.
    if (REFERRERS[type].some((each) => client.quarantined(each).size > 0)) return [];
    const names = [...client.held[type].keys()].filter((name) => !served.published[type].has(name));
    return names.map((name) => `${type} ${name} is left`);
  });
}

/** The endpoints that a client has lost though it accepts what stands in for them: all that it accepted was its own. */
function lost(client: RejectingClient, { published }: Served): string[] {
  if (!isJudged(client)) return [];
  return [...client.lostEndpoints].filter((name) => published.EDS.has(name)).map((name) => `EDS ${name} is lost`);
}

function lacksCluster(client: RejectingClient, served: Served, name: string): boolean {
  if (!served.published.CDS.has(name)) return false;
  return lacks(client, served, "CDS", name) || lacks(client, served, "EDS", name);
}

/** A SotW client that returns does not say what it has, and a route waits for what it is not known to have. */
function isUnknown(client: RejectingClient, cluster: string): boolean {
  return client.isFromBefore("CDS", cluster) || client.isFromBefore("EDS", cluster);
}

function lacks({ held }: RejectingClient, { published }: Served, type: ServedType, name: string): boolean {
  return published[type].has(name) && !held[type].has(name);
}

/**
 * A SotW client that returns, and rejects the clusters that it is sent first, may have any of them from an earlier stream:
 * no part of them can be sent, for it would remove the others. It takes the next change.
 */
function isJudged({ behaviour: { honesty, reason }, areClustersKnown }: RejectingClient): boolean {
  return honesty === "honest" && reason !== "lie" && areClustersKnown;
}
