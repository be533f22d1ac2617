import type { ChangeDraft } from "../subscription.ts";
import type { DiscoveryRequest } from "../request.ts";
import type { HeldState } from "../held-state.ts";
import { deltaDiff, type DeltaRules, wildcardDiff } from "./delta-diff.ts";
import { deltaHeartbeat } from "./delta-heartbeat.ts";
import { applyDeltaRequest, type DeltaNames } from "./delta-request.ts";
import { globOf, resourcesFor } from "./resources.ts";
import type { DiffInput, RequestTarget, TypeState, TypeVariant } from "./variant.ts";

/**
 * Incremental: a response has the resources that changed and the names that were removed.
 *
 * A subscribed name that does not exist is sent at once, as removed, and stays subscribed; so is an empty collection.
 */
export const delta: TypeVariant = variantOf(() => false);

/**
 * The same for LDS, CDS and SRDS. A client that returns uses what it holds of them until it is removed, so that the
 * removal may have to wait as any other. What other resources subscribe to by name, they may be waiting for.
 */
export const deltaOfUsed: TypeVariant = variantOf((name, { held }) => held.has(name));

/** Whether a client may use what it requests, so that its removal may have to wait. */
type IsUsed = (name: string, client: HeldState) => boolean;

function variantOf(isUsed: IsUsed): TypeVariant {
  return {
    protocol: "delta",
    fullState: false,
    hasOpaqueNames: false,
    collectionFor: globOf,
    matches,
    isRequestable: (name, { subscription }) => subscription.names.has(name),
    applyRequest: (request: DiscoveryRequest, target) => applyDeltaRequest(request, target, NAMES),
    diff: (input) => wildcardDiff(input) ?? deltaDiff(input, rulesOf(input, isUsed)),
    heartbeat: (input) => deltaHeartbeat(input, !input.hasContent),
  };
}

const NAMES: DeltaNames = {
  unsubscribe,
  beginWithoutNames() {},
  retain({ subscription, client }) {
    const isMatched = (name: string) => subscription.matches(name);
    client.retain({ requestable: isMatched, matches: isMatched });
  },
};

function matches(name: string, { subscription }: TypeState): boolean {
  return subscription.matches(name);
}

function rulesOf({ view, subscription, client }: DiffInput, isUsed: IsUsed): DeltaRules {
  return {
    matches: (name) => subscription.matches(name),
    requested: client.pending.names,
    resolve(name, to) {
      const resources = resourcesFor(name, subscription, view);
      for (const resource of resources) to.addUnlessHeld(resource);
      if (resources.length > 0) return;
      if (view.isLoading?.(name)) to.load(name);
      else if (!isUsed(name, client)) to.builder.add(name, undefined);
    },
    isRemoved(name) {
      if (view.get(name) !== undefined || view.isLoading?.(name)) return false;
      return subscription.matches(name) && (isUsed(name, client) || !client.pending.names.has(name));
    },
    addOthers() {},
  };
}

/** A name that another name or the wildcard still matches is sent, so that the client knows whether it may keep it. */
function unsubscribe(name: string, target: RequestTarget, change: ChangeDraft): void {
  const { subscription, client, names, view } = target;
  const isCollection = subscription.collections.has(name);
  const members = subscription.wildcard && view !== undefined ? resourcesFor(name, subscription, view) : [];
  if (!subscription.remove(name, change)) return;
  names.forget(name);
  client.cancel(name);
  if (isCollection) { for (const member of members) client.request(member.name); }
  else if (subscription.matches(name)) client.request(name);
  else client.forget(name);
}
