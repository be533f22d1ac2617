import { warmedBy } from "../referenced-names.ts";
import type { BlockedTypes } from "./blocked-types.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Blocker, closed, closedFor, OPEN, type RemovalGate } from "./gates.ts";
import type { PublicationOrder } from "./publication-order.ts";
import type { TypeProgress } from "./type-progress.ts";

/** What the gates for removals look at. */
export interface RemovalGatesOptions {
  readonly order: PublicationOrder;
  readonly holdBackMs: number;
  readonly types: ReadonlyMap<string, TypeProgress>;
  readonly blocked: Pick<BlockedTypes, "since">;
  readonly dependencies: Pick<Dependencies, "find" | "isWarming">;
}

/**
 * The gates for the removals of a stream. They look at types, not at references: all removals of a type wait while a type
 * that can refer to it has changes that are not sent, not ACKed, or rejected, so that the client may use what they
 * replace. They have no state, and change nothing.
 */
export class RemovalGates {
  readonly #options: RemovalGatesOptions;

  constructor(options: RemovalGatesOptions) {
    this.#options = options;
  }

  gateOf(type: TypeProgress): RemovalGate {
    const { order, holdBackMs, types, blocked } = this.#options;
    const areFew = type.withheldCount <= MAX_WITHHELD;
    let notBefore = -Infinity;
    let blocker: Blocker | undefined;
    const referrers = order.referrers(type.typeUrl);
    // The first requests for them may still be on their way. They were sent before the ACK of the first response.
    if (type.isReturning && referrers.length > 0) {
      return closedFor(holdBackMs, { notBefore, blocker: { typeUrl: type.typeUrl, reason: "ack" } });
    }
    for (const typeUrl of referrers) {
      const referrer = types.get(typeUrl);
      const reason = referrer && unsettled(referrer);
      if (reason === undefined) continue;
      // The client uses what it has for as long as it rejects what would replace it; and references are removed before
      // their targets.
      if (areFew && (reason === "nack" || referrer!.withheldCount > 0)) return closed({ typeUrl, reason });
      blocker ??= { typeUrl, reason };
      // The client has its time from the moment when it was sent what replaces the resource.
      if (areFew) notBefore = Math.max(notBefore, referrer!.exchange.sentAt, blocked.since(typeUrl) ?? 0);
    }
    blocker ??= this.#unmetChain(type);
    return blocker === undefined ? OPEN : closedFor(holdBackMs, { notBefore, blocker });
  }

  /**
   * What the client has still to receive of the chain from listeners to routes, clusters and endpoints before it can use
   * what it was sent of it: until then it may use the resources of this type that were removed.
   */
  #unmetChain({ typeUrl, type, subscription }: TypeProgress): Blocker | undefined {
    const { order, types, dependencies } = this.#options;
    const leader = dependencies.find(({ source, warms }) => !warms && order.refers(source, typeUrl));
    if (leader !== undefined) return { typeUrl: leader.source, reason: "dependencies" };
    const warming = types.get(warmedBy(type)?.typeUrl ?? "");
    if (subscription.wildcard || warming === undefined) return undefined;
    if (warming.exchange.blocksOthers) return { typeUrl: warming.typeUrl, reason: "ack" };
    return dependencies.isWarming(typeUrl) ? { typeUrl, reason: "dependencies" } : undefined;
  }
}

/** Why a client may still use what a type refers to; undefined if it has all of the type, and has ACKed it. */
function unsettled(type: TypeProgress): Blocker["reason"] | undefined {
  const { subscription, exchange, isRejecting, isPending, withheldCount } = type;
  if (subscription.isEmpty) return undefined;
  if (isRejecting) return "nack";
  if (exchange.blocksOthers) return "ack";
  if (isPending) return "unsent";
  return withheldCount > 0 ? "removals" : undefined;
}

/**
 * How many removals of a type wait for a client that rejects what would replace them, or is always behind. More of them
 * wait no longer than `holdBackMs`, so that a client cannot make a stream grow.
 */
const MAX_WITHHELD = 1_000;
