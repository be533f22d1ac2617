import { CollectionIndex } from "../../cache/mod.ts";
import { type Aliasing, collectionOf } from "../../resource/mod.ts";
import type { ChangeDraft } from "../subscription.ts";
import { AliasLookup } from "./alias-lookup.ts";
import { deltaDiff, type Resolution } from "./delta-diff.ts";
import { applyDeltaRequest, type DeltaNames } from "./delta-request.ts";
import type { DiffInput, HeartbeatContent, HeartbeatInput, RequestTarget, TypeState, TypeVariant } from "./variant.ts";

/**
 * Incremental, with names that are aliases of resources (VHDS): an alias that has no target is sent as a resource
 * without content. Names are opaque, and any of them may be sent without a request: the client discards what it has.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/vhds
 */
export function onDemand(aliasing: Aliasing): TypeVariant {
  return {
    protocol: "delta",
    fullState: false,
    hasOpaqueNames: true,
    collectionFor: collectionOf,
    matches,
    isRequestable: () => true,
    applyRequest: (request, target) => applyDeltaRequest(request, target, NAMES),
    diff: (input) => diff(input, aliasing),
    heartbeat,
  };
}

const NAMES: DeltaNames = { unsubscribe, beginWithoutNames, retain };

function matches(name: string, { subscription, client }: TypeState): boolean {
  return subscription.wildcard || client.aliases.of(name).size > 0;
}

function diff(input: DiffInput, aliasing: Aliasing) {
  const { view, subscription, client } = input;
  const lookup = new AliasLookup(view, aliasing, input);
  const isMatched = (name: string) => subscription.wildcard || lookup.serves(name);
  const difference = deltaDiff(input, {
    matches: isMatched,
    requested: lookup.requested,
    resolve: (name, to) => resolve(name, lookup, { input, to }),
    isRemoved(name) {
      return view.get(name) === undefined && !lookup.requested.has(name) && !subscription.names.has(name);
    },
    addOthers(builder) {
      for (const resource of lookup.left()) if (!isMatched(resource)) builder.add(resource, undefined);
      if (!client.pending.everyCollection) return;
      for (const collection of CollectionIndex.of(view).collections) {
        if (!subscription.collections.has(collection)) builder.add(collection, undefined);
      }
    },
  });
  return { ...difference, aliases: lookup.changes };
}

/** Adds what a name stands for: an alias, a collection of aliases, or the name of a resource. */
function resolve(
  name: string,
  lookup: AliasLookup,
  { input, to }: { readonly input: DiffInput; readonly to: Resolution },
): void {
  const { view, subscription } = input;
  if (subscription.names.has(name)) {
    const target = lookup.get(name);
    if (target === undefined && view.isLoading?.(name)) to.load(name);
    else to.builder.addAlias(name, target === undefined ? undefined : view.get(target));
  } else if (collectionOf(name) !== name) to.builder.add(name, view.get(name));
  else {
    const aliases = lookup.in(name);
    for (const alias of aliases) resolve(alias, lookup, { input, to });
    const members = subscription.wildcard ? [...CollectionIndex.of(view).members(name)] : [];
    for (const member of members) to.builder.add(member, view.get(member));
    if (aliases.length === 0 && members.length === 0) to.builder.add(name, undefined);
  }
}

/** With its content: without it a resource would mean that the alias has no target. */
function heartbeat({ view, subscription, client }: HeartbeatInput): HeartbeatContent | undefined {
  const targets = [...subscription.names].map((alias) => view.get(client.aliases.get(alias) ?? ""));
  const held = new Set(subscription.wildcard ? view : targets);
  const resources = [...held].filter((resource) => resource !== undefined).filter(({ ttlMs }) => ttlMs !== undefined);
  if (resources.length === 0) return undefined;
  const shareKey = subscription.wildcard ? "heartbeat with content" : undefined;
  return { content: () => ({ resources, removed: [] }), shareKey, isEmpty: false };
}

/** The client may call what it was sent by the alias or by the name of the resource. */
function unsubscribe(name: string, target: RequestTarget, change: ChangeDraft): void {
  const { subscription, client } = target;
  if (!subscription.names.has(name)) {
    for (const alias of [...client.aliases.of(name)]) unsubscribe(alias, target, change);
    return;
  }
  subscription.remove(name, change);
  client.cancel(name);
  const resource = client.dropAlias(name);
  if (resource === undefined) return client.forget(name);
  if (subscription.wildcard) client.request(resource);
  else if (!matches(resource, target)) client.forget(resource);
}

/** No resource is sent before the client names it; but it may wait for a response. */
function beginWithoutNames({ client }: RequestTarget): void {
  client.requestEveryCollection();
}

/** Aliases and collections stay requested until they are unsubscribed themselves. */
function retain({ subscription, client }: RequestTarget): void {
  const isMatched = (name: string) => matches(name, { subscription, client });
  const isRequestable = (name: string) =>
    isMatched(name) || subscription.names.has(name) || collectionOf(name) === name;
  client.retain({ requestable: isRequestable, matches: isMatched });
}
