import type { View } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import { type RequestEffect, type SubscriptionContext, TypeSubscription, WILDCARD } from "./subscription.ts";

/**
 * State of the world: each request lists all names that are wanted.
 *
 * For the types with full state (LDS, CDS, SRDS) a response holds all that is wanted, and what is not in it is deleted;
 * for all other types it holds what changed, and absence means nothing.
 */
export class SotwSubscription extends TypeSubscription {
  /** The client has named something on this stream, so that a request without names means nothing, not everything. */
  #named = false;

  override subscribe({ names }: DiscoveryRequest, legacyWildcard: boolean): RequestEffect {
    this.requests++;
    this.#named ||= names.length > 0;
    const wanted = new Set(names);
    const wildcard = wanted.delete(WILDCARD) || (!this.#named && legacyWildcard);
    const wildcardChanged = wildcard !== this.wildcard;
    const added = [...wanted].filter((name) => !this.names.has(name));
    const removed = [...this.names].filter((name) => !wanted.has(name));
    for (const name of removed) {
      this.names.delete(name);
      this.owed.delete(name);
    }
    for (const name of added) {
      this.names.add(name);
      this.owed.add(name);
    }
    this.wildcard = wildcard;
    if (wildcardChanged) this.owesAll = wildcard;
    return { added, removed, wildcardChanged };
  }

  protected override makeResponse(view: View, context: SubscriptionContext): OutgoingResponse | undefined {
    if (!this.wildcard && this.names.size === 0) return undefined;
    const changes = this.position === undefined ? undefined : view.changesSince(this.position);
    return this.type?.fullState ? this.#all(view, changes, context) : this.#news(view, changes, context);
  }

  protected override newsOf({ resources }: OutgoingResponse, view: View): readonly Resource[] {
    const changes = this.position === undefined ? undefined : view.changesSince(this.position);
    if (changes === undefined || this.owesAll) return resources;
    return pick(view, new Set([...changes.keys(), ...this.owed]));
  }

  protected override leave(): void {
    this.position = undefined;
    this.owesAll = this.wildcard;
    for (const name of this.names) this.owed.add(name);
  }

  #all(view: View, changes: Changes, context: SubscriptionContext): OutgoingResponse | undefined {
    if (!this.owes && changes !== undefined && !this.#wantsAny(changes.keys())) return undefined;
    if (this.wildcard) {
      return this.#share(view, "all", context, () => [...view]);
    }
    return this.#make(view, pick(view, this.names), context);
  }

  #news(view: View, changes: Changes, context: SubscriptionContext): OutgoingResponse | undefined {
    if (this.wildcard && (this.owesAll || changes === undefined)) {
      return this.#share(view, "all", context, () => [...view]);
    }
    if (changes === undefined) {
      const resources = pick(view, this.names);
      return resources.length > 0 ? this.#make(view, resources, context) : undefined;
    }
    if (this.wildcard && this.owed.size === 0) {
      const resources = [...changes.values()].filter((resource) => resource !== undefined);
      if (resources.length === 0) return undefined;
      return this.#share(view, `since ${this.position}`, context, () => resources);
    }
    const resources = pick(view, this.owed);
    for (const [name, resource] of changes) {
      if (resource !== undefined && this.has(name) && !this.owed.has(name)) resources.push(resource);
    }
    return resources.length > 0 ? this.#make(view, resources, context) : undefined;
  }

  #wantsAny(names: Iterable<string>): boolean {
    for (const name of names) if (this.has(name)) return true;
    return false;
  }

  #share(
    view: View,
    what: string,
    context: SubscriptionContext,
    resources: () => Resource[],
  ): OutgoingResponse {
    const key = `${context.wrapTtl ? "sotw+ttl" : "sotw"} ${what}`;
    return context.responses.share(view, key, this.lastSerial, () => this.#make(view, resources(), context));
  }

  #make(view: View, resources: readonly Resource[], context: SubscriptionContext): OutgoingResponse {
    const content = { typeUrl: this.typeUrl, version: view.version, resources, removed: [] };
    return context.responses.make("sotw", content, context.wrapTtl);
  }
}

type Changes = ReadonlyMap<string, Resource | undefined> | undefined;

function pick(view: View, names: Iterable<string>): Resource[] {
  const resources: Resource[] = [];
  for (const name of names) {
    const resource = view.get(name);
    if (resource !== undefined) resources.push(resource);
  }
  return resources;
}
