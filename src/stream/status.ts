import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import type { Blocker } from "./sequencing/gates.ts";
import type { QuarantinedStatus, SubscriptionStatus } from "./stream-callbacks.ts";
import { typeName } from "./type-name.ts";
import type { TypeStream } from "./type-stream.ts";
import { oldestOf } from "./withheld-removals.ts";

/** The state of one type on a stream, and why something has not been sent. It changes nothing. */
export function statusOf(type: TypeStream, sequencer: AdsSequencer, now: number): SubscriptionStatus {
  const { typeUrl, subscription, exchange, withheldCount } = type;
  return {
    typeUrl,
    wildcard: subscription.wildcard,
    names: subscription.names.size,
    acked: exchange.ackedVersion,
    inFlight: exchange.inFlight?.version,
    nacked: exchange.nack,
    quarantined: quarantinedOf(type, now),
    withheldRemovals: withheldCount,
    waiting: waitingOf(type, sequencer, now),
  };
}

/** How many are shown of what a client is kept from. */
const MAX_SHOWN = 100;
const NONE: readonly QuarantinedStatus[] = [];

function quarantinedOf({ isolation }: TypeStream, now: number): readonly QuarantinedStatus[] {
  if (!isolation?.isHolding) return NONE;
  const shown = [...isolation.contents].slice(0, MAX_SHOWN);
  return shown.map(({ name, version, by, reason, since, instead }) => {
    return { name, version, by, reason, instead: instead?.version, forMs: Math.max(0, now - since) };
  });
}

function waitingOf(type: TypeStream, sequencer: AdsSequencer, now: number): string | undefined {
  const name = typeName(type.typeUrl);
  const { view, hasMoved } = type.watched;
  if (hasMoved) return `${name}: waits until the cache has a configuration for the client's new group`;
  if (view === undefined) return `${name}: waits until the cache has a configuration for the client`;
  const update = type.isPending && type.exchange.inFlight === undefined ? sequencer.updateGate(type) : undefined;
  if (update !== undefined) return `${name}: ${reasonOf(update)}${limitOf(sequencer.blockedUntil(type.typeUrl), now)}`;
  const oldest = oldestOf(type.client.withheld);
  if (oldest === undefined) return undefined;
  const gate = sequencer.removalGate(type);
  if (gate.blocker === undefined) return undefined;
  const removals = `${type.withheldCount} ${type.withheldCount === 1 ? "removal" : "removals"}`;
  return `${name}: withholds ${removals} and ${reasonOf(gate.blocker)}${limitOf(gate.opensAt(oldest), now)}`;
}

function reasonOf({ typeUrl, reason }: Blocker): string {
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
    case "removals":
      return `waits until removals of ${name} are sent`;
  }
}

function limitOf(until: number | undefined, now: number): string {
  if (until === undefined || until === Infinity) return "";
  return `, at most ${Math.max(0, Math.ceil((until - now) / 1000))} s more`;
}
