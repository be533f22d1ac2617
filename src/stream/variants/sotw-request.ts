import type { DiscoveryRequest } from "../request.ts";
import { type ChangeDraft, type SubscriptionUpdate, WILDCARD } from "../subscription.ts";
import { globOf } from "./resources.ts";
import type { RequestTarget, TypeVariant } from "./variant.ts";

/** How the variants of SotW treat names. */
export const SOTW_NAMES = {
  protocol: "sotw",
  hasOpaqueNames: false,
  collectionFor: globOf,
  matches: (name, { subscription }) => subscription.matches(name),
  isRequestable: (name, { subscription }) => subscription.names.has(name),
  applyRequest: applySotwRequest,
} satisfies Partial<TypeVariant>;

/**
 * Applies a SotW request, which lists all names that are subscribed from now on. Added names are sent, whether they
 * changed or not.
 */
function applySotwRequest(request: DiscoveryRequest, target: RequestTarget): SubscriptionUpdate {
  const { subscription, client, names, legacyWildcard } = target;
  if (request.names.length > 0) subscription.noteNames();
  const subscribed = new Set<string>();
  for (const name of request.names) subscribed.add(names.remember(name));
  const wildcard = subscribed.delete(WILDCARD) || (!subscription.hasNamed && legacyWildcard);
  const wildcardChanged = wildcard !== subscription.wildcard;
  const change: ChangeDraft = { added: [], removed: [] };
  for (const name of subscription.names) {
    if (subscribed.has(name)) continue;
    subscription.remove(name, change);
    names.forget(name);
    client.cancel(name);
  }
  for (const name of subscribed) if (subscription.add(name, change)) client.request(name);
  subscription.setWildcard(wildcard);
  if (wildcardChanged && wildcard) client.requestAll();
  if (wildcardChanged && !wildcard) client.cancelAll();
  for (const name of change.removed) if (!subscription.matches(name)) client.forget(name);
  const matches = (name: string) => subscription.matches(name);
  if (change.removedCollections !== undefined || (wildcardChanged && !wildcard)) {
    client.retain({ requestable: matches, matches });
  }
  return { ...change, wildcardChanged };
}
