import { isXdstp } from "../../resource/mod.ts";
import type { ClientNames } from "../client-names.ts";
import type { DiscoveryRequest } from "../request.ts";
import { type ChangeDraft, type SubscriptionUpdate, WILDCARD } from "../subscription.ts";
import type { RequestTarget } from "./variant.ts";

/** What differs between kinds of names. */
export interface DeltaNames {
  /** Unsubscribes from a name in its normal form. */
  unsubscribe(name: string, target: RequestTarget, change: ChangeDraft): void;
  /** The first request of the type has no names, and does not subscribe to the wildcard. */
  beginWithoutNames(target: RequestTarget): void;
  /** Forgets what was to be sent for names that the subscription no longer covers. */
  retain(target: RequestTarget): void;
}

/** Applies a delta request, which lists the names that are subscribed and unsubscribed. */
export function applyDeltaRequest(
  request: DiscoveryRequest,
  target: RequestTarget,
  rules: DeltaNames,
): SubscriptionUpdate {
  const { subscription, client, names, isFirst } = target;
  const wasWildcard = subscription.wildcard;
  const change: ChangeDraft = { added: [], removed: [] };
  // Later requests may repeat the versions, but they describe the moment of connecting only.
  if (isFirst) client.resume(normalVersions(request.initialVersions, names));
  // The wildcard comes first, so that a name which it still matches is sent when the client unsubscribes from it.
  const subscribesAll = request.names.includes(WILDCARD);
  if (subscribesAll) subscribeAll(target);
  for (const name of request.unsubscribe) {
    if (name !== WILDCARD) rules.unsubscribe(names.normal(name), target, change);
    else if (!subscribesAll) {
      subscription.setWildcard(false);
      client.cancelAll();
    }
  }
  for (const spelling of request.names) if (spelling !== WILDCARD) subscribe(names.remember(spelling), target, change);
  if (isFirst && request.names.length === 0 && request.unsubscribe.length === 0) {
    if (target.legacyWildcard) subscribeAll(target);
    else rules.beginWithoutNames(target);
  }
  if (change.removedCollections !== undefined || (wasWildcard && !subscription.wildcard)) rules.retain(target);
  return { ...netOf(change), wildcardChanged: subscription.wildcard !== wasWildcard };
}

/** Later on, to subscribe is to ask for the content, whatever the client has said that it holds. */
function subscribe(name: string, { subscription, client, isFirst }: RequestTarget, change: ChangeDraft): void {
  subscription.add(name, change);
  if (isFirst) client.requestUnlessHeld(name);
  else client.request(name);
}

function subscribeAll({ subscription, client, isFirst }: RequestTarget): void {
  subscription.setWildcard(true);
  if (isFirst) client.requestAllUnlessHeld();
  else client.requestAll();
}

function normalVersions(versions: ReadonlyMap<string, string>, names: ClientNames): ReadonlyMap<string, string> {
  for (const name of versions.keys()) {
    if (isXdstp(name)) return new Map([...versions].map(([each, version]) => [names.normal(each), version]));
  }
  return versions;
}

/** A name that was unsubscribed and subscribed in one request is subscribed as before, and so is a collection. */
function netOf({ added, removed, addedCollections = [], removedCollections = [] }: ChangeDraft) {
  const names = net(added, removed);
  const collections = net(addedCollections, removedCollections);
  if (collections.added.length === 0 && collections.removed.length === 0) return names;
  return { ...names, addedCollections: collections.added, removedCollections: collections.removed };
}

function net(added: readonly string[], removed: readonly string[]) {
  if (added.length === 0 || removed.length === 0) return { added, removed };
  const [isAdded, isRemoved] = [new Set(added), new Set(removed)];
  return {
    added: added.filter((name) => !isRemoved.has(name)),
    removed: removed.filter((name) => !isAdded.has(name)),
  };
}
