import type { ChangeDraft } from "../subscription.ts";
import type { DiscoveryRequest } from "../request.ts";
import { deltaDiff, type Resolution, wildcardDiff } from "./delta-diff.ts";
import { deltaHeartbeat } from "./delta-heartbeat.ts";
import { applyDeltaRequest, type DeltaNames } from "./delta-request.ts";
import { globOf, resourcesFor } from "./resources.ts";
import type { DiffInput, RequestTarget, TypeState, TypeVariant } from "./variant.ts";

/**
 * Incremental: a response has the resources that changed and the names that were removed.
 *
 * A subscribed name that does not exist is sent at once, as removed, and stays subscribed; so is an empty collection.
 */
export const delta: TypeVariant = {
  protocol: "delta",
  fullState: false,
  hasOpaqueNames: false,
  collectionFor: globOf,
  matches,
  isRequestable: (name, { subscription }) => subscription.names.has(name),
  applyRequest: (request: DiscoveryRequest, target) => applyDeltaRequest(request, target, NAMES),
  diff,
  heartbeat: (input) => deltaHeartbeat(input, !input.hasContent),
};

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

function diff(input: DiffInput) {
  const { subscription, client } = input;
  return wildcardDiff(input) ?? deltaDiff(input, {
    matches: (name) => subscription.matches(name),
    requested: client.pending.names,
    resolve: (name, to) => resolve(name, input, to),
    isRemoved: (name) => isRemoved(name, input),
    addOthers() {},
  });
}

/** A client that requests what it holds has something to use, so that the removal may have to wait as any other. */
function isRemoved(name: string, { view, subscription, client: { held, pending } }: DiffInput): boolean {
  if (view.get(name) !== undefined || view.isLoading?.(name)) return false;
  return subscription.matches(name) && (held.has(name) || !pending.names.has(name));
}

function resolve(name: string, { view, subscription, client }: DiffInput, to: Resolution): void {
  const resources = resourcesFor(name, subscription, view);
  for (const resource of resources) to.addUnlessHeld(resource);
  if (resources.length > 0) return;
  if (view.isLoading?.(name)) to.load(name);
  else if (!client.held.has(name)) to.builder.add(name, undefined);
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
