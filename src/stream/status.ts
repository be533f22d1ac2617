import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import { missingNames } from "./missing-names.ts";
import type { Blocker } from "./sequencing/gates.ts";
import type { QuarantinedStatus, SubscriptionStatus, WaitsFor } from "./stream-callbacks.ts";
import { typeName } from "./type-name.ts";
import type { TypeStream } from "./type-stream.ts";
import { oldestOf } from "./withheld-removals.ts";

/** The state of one type on a stream, and why something has not been sent. It changes nothing. */
export function statusOf(type: TypeStream, sequencer: AdsSequencer, now: number): SubscriptionStatus {
  const { typeUrl, subscription, exchange, withheldCount } = type;
  const waits = waitsFor(type, sequencer, now);
  return {
    typeUrl,
    wildcard: subscription.wildcard,
    names: subscription.names.size,
    acked: exchange.ackedVersion,
    inFlight: exchange.inFlight?.version,
    inFlightMs: exchange.inFlight && Math.max(0, now - exchange.sentAt),
    nacked: exchange.nack,
    missing: missingNames(type, MAX_MISSING),
    quarantined: quarantinedOf(type, now),
    withheldRemovals: withheldCount,
    waiting: waitingOf(type, waits),
    waitsFor: waits,
  };
}

/** How many are shown of what a client is kept from. */
const MAX_SHOWN = 100;
const MAX_MISSING = { shown: 10, looked: 1000 };
const NONE: readonly QuarantinedStatus[] = [];

function quarantinedOf({ isolation }: TypeStream, now: number): readonly QuarantinedStatus[] {
  if (!isolation?.isHolding) return NONE;
  const shown = [...isolation.contents].slice(0, MAX_SHOWN);
  return shown.map(({ name, version, by, reason, since, instead }) => {
    return { name, version, by, reason, instead: instead?.version, forMs: Math.max(0, now - since) };
  });
}

/** What a type waits for; undefined if nothing does. */
export function waitsFor(type: TypeStream, sequencer: AdsSequencer, now: number): WaitsFor | undefined {
  const { view, hasMoved } = type.watched;
  if (hasMoved || view === undefined) {
    return { what: "configuration", typeUrl: undefined, reason: hasMoved ? "group" : "cache", forMs: undefined };
  }
  const update = type.isPending && type.exchange.inFlight === undefined ? sequencer.updateGate(type) : undefined;
  if (update !== undefined) return waits("changes", update, limitOf(sequencer.blockedUntil(type.typeUrl), now));
  const oldest = oldestOf(type.client.withheld);
  if (oldest === undefined) return undefined;
  const gate = sequencer.removalGate(type);
  return gate.blocker && waits("removals", gate.blocker, limitOf(gate.opensAt(oldest), now));
}

function waits(what: WaitsFor["what"], { typeUrl, reason }: Blocker, forMs: number | undefined): WaitsFor {
  return { what, typeUrl, reason, forMs };
}

/** The same as a text. */
export function waitingOf(type: TypeStream, waits: WaitsFor | undefined): string | undefined {
  if (waits === undefined) return undefined;
  const name = typeName(type.typeUrl);
  if (waits.reason === "group") return `${name}: waits until the cache has a configuration for the client's new group`;
  if (waits.reason === "cache") return `${name}: waits until the cache has a configuration for the client`;
  const limit = waits.forMs === undefined ? "" : `, at most ${Math.ceil(waits.forMs / 1000)} s more`;
  if (waits.what === "changes") return `${name}: ${reasonOf(waits)}${limit}`;
  const removals = `${type.withheldCount} ${type.withheldCount === 1 ? "removal" : "removals"}`;
  return `${name}: withholds ${removals} and ${reasonOf(waits)}${limit}`;
}

function reasonOf({ typeUrl = "", reason }: WaitsFor): string {
  const name = typeName(typeUrl);
  switch (reason) {
    case "ack":
      return `waits for the ACK of ${name}`;
    case "unsent":
      return `waits until changes of ${name} are sent`;
    case "dependencies":
      return `waits until the client has received what its ${name} refers to`;
    case "nack":
      return `waits for a ${name} that the client does not reject`;
    default:
      return `waits until removals of ${name} are sent`;
  }
}

function limitOf(until: number | undefined, now: number): number | undefined {
  return until === undefined || until === Infinity ? undefined : Math.max(0, until - now);
}
