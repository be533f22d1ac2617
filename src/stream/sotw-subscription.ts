import type { View } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import { type NameChange, WILDCARD } from "./subscribed-names.ts";
import { type RequestEffect, type SubscriptionContext, TypeSubscription } from "./subscription.ts";

/**
 * State of the world: each request lists all names that are wanted.
 *
 * For the types with full state (LDS, CDS, SRDS) a response holds all that is wanted, and what is not in it is deleted;
 * for all other types it holds what changed, and absence means nothing.
 */
export class SotwSubscription extends TypeSubscription {
  /** The client has named something on this stream, so that a request without names means nothing, not everything. */
  #named = false;
  /** Of a type with full state: what the client was sent last. */
  #sent: readonly Resource[] = [];

  override subscribe({ names, versionInfo }: DiscoveryRequest, legacyWildcard: boolean): RequestEffect {
    if (this.requests++ === 0) this.returning = versionInfo !== "";
    this.#named ||= names.length > 0;
    const wanted = new Set<string>();
    for (const name of names) wanted.add(this.normal(name));
    const wildcard = wanted.delete(WILDCARD) || (!this.#named && legacyWildcard);
    const wildcardChanged = wildcard !== this.wildcard;
    const change: NameChange = { added: [], removed: [] };
    for (const name of this.names) {
      if (wanted.has(name)) continue;
      this.dropName(name, change);
      this.owed.delete(name);
    }
    for (const name of wanted) if (this.addName(name, change)) this.owed.add(name);
    this.wildcard = wildcard;
    if (wildcardChanged) this.owesAll = wildcard;
    if (this.kept.size > 0) this.#dropUnwanted();
    return { ...change, wildcardChanged };
  }

  protected override makeResponse(
    view: View,
    context: SubscriptionContext,
    keep: boolean,
  ): OutgoingResponse | undefined {
    if (this.empty) return undefined;
    const changes = this.position === undefined ? undefined : view.changesSince(this.position);
    if (!this.type?.fullState) return this.#news(view, changes, context);
    const response = this.#all(view, changes, context, keep);
    if (response !== undefined) this.#sent = response.resources;
    return response;
  }

  protected override newsOf({ resources }: OutgoingResponse, view: View): readonly Resource[] {
    const changes = this.position === undefined ? undefined : view.changesSince(this.position);
    if (changes === undefined || this.owesAll) return resources;
    if (this.wildcard && this.owed.size === 0) return presentOf(changes);
    const names = new Set([...changes.keys(), ...this.owed]);
    return this.#pick(view, [...names].filter((name) => this.has(name)));
  }

  protected override leave(): void {
    this.position = undefined;
    this.owesAll = this.wildcard;
    this.kept.clear();
    for (const name of this.names) this.owed.add(name);
  }

  protected override makeHeartbeat(view: View, context: SubscriptionContext): OutgoingResponse | undefined {
    if (this.type?.fullState) {
      if (this.withTtl(view).length === 0) return undefined;
      const response = this.#complete(view, context);
      this.#sent = response.resources;
      return response;
    }
    // With their content: of a resource without one Envoy sees that it goes on, and lets it expire all the same.
    const make = () => this.#make(view, this.withTtl(view), context);
    const shared = this.wildcard && !this.spells;
    const response = shared ? context.responses.share(view, "sotw beat", this.lastSerial, make) : make();
    return response.resources.length > 0 ? response : undefined;
  }

  #all(view: View, changes: Changes, context: SubscriptionContext, keep: boolean): OutgoingResponse | undefined {
    if (keep) this.#keep(view, changes);
    else {
      // What was kept goes with this response: it is a change, though of long ago.
      const released = this.kept.size > 0;
      this.kept.clear();
      if (released) return this.#complete(view, context);
    }
    if (!this.owes && changes !== undefined && !this.#wantsAny(changes, keep)) return undefined;
    return this.#complete(view, context);
  }

  #complete(view: View, context: SubscriptionContext): OutgoingResponse {
    const kept = [...this.kept.values()] as Resource[];
    if (this.wildcard) return this.#share(view, `all${this.keptKey()}`, context, () => [...view, ...kept]);
    return this.#make(view, [...this.#pick(view, this.names), ...kept], context);
  }

  /** Takes what is gone from the client's last response, to send it on until nothing refers to it. */
  #keep(view: View, changes: Changes): void {
    const last = indexOf(this.#sent);
    for (const name of changes?.keys() ?? last.keys()) {
      const resource = last.get(name);
      if (view.get(name) !== undefined) this.kept.delete(name);
      else if (resource !== undefined && this.has(name)) this.kept.set(name, resource);
    }
  }

  #dropUnwanted(): void {
    for (const name of this.kept.keys()) if (!this.has(name)) this.kept.delete(name);
  }

  #news(view: View, changes: Changes, context: SubscriptionContext): OutgoingResponse | undefined {
    if (this.wildcard && (this.owesAll || changes === undefined)) {
      return this.#share(view, "all", context, () => [...view]);
    }
    if (changes === undefined) {
      const resources = this.#pick(view, this.names, this.promised);
      return resources.length > 0 ? this.#make(view, resources, context) : undefined;
    }
    if (this.wildcard && this.owed.size === 0) {
      const resources = presentOf(changes);
      if (resources.length === 0) return undefined;
      return this.#share(view, `since ${this.position}`, context, () => resources);
    }
    const resources = this.#pick(view, this.owed, this.promised);
    const told = this.collections.size > 0 ? new Set(resources.map(({ name }) => name)) : this.owed;
    for (const [name, resource] of changes) {
      if (resource !== undefined && this.has(name) && !told.has(name)) resources.push(resource);
    }
    return resources.length > 0 ? this.#make(view, resources, context) : undefined;
  }

  /** What the names ask for, each resource once; of what is gone, what the client was promised. */
  #pick(view: View, names: Iterable<string>, gone?: ReadonlyMap<string, Resource>): Resource[] {
    if (this.collections.size === 0) return pick(view, names, gone);
    const members = [...names].filter((name) => this.collections.has(name)).flatMap((name) =>
      this.membersOf(name, view)
    );
    return [...new Set([...pick(view, names, gone), ...members])];
  }

  #wantsAny(changes: NonNullable<Changes>, present: boolean): boolean {
    for (const [name, resource] of changes) if (this.has(name) && (resource !== undefined || !present)) return true;
    return false;
  }

  #share(
    view: View,
    what: string,
    context: SubscriptionContext,
    resources: () => readonly Resource[],
  ): OutgoingResponse {
    if (this.spells) return this.#make(view, resources(), context);
    const key = `${context.ttl ? "sotw+ttl" : "sotw"} ${what}`;
    return context.responses.share(view, key, this.lastSerial, () => this.#make(view, resources(), context));
  }

  #make(view: View, resources: readonly Resource[], context: SubscriptionContext): OutgoingResponse {
    const content = {
      typeUrl: this.typeUrl,
      version: view.version,
      resources: this.spells ? resources.map((resource) => this.spelled(resource)) : resources,
      removed: [],
    };
    return context.responses.make("sotw", content, context);
  }
}

type Changes = ReadonlyMap<string, Resource | undefined> | undefined;

const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();

/** The resources by name: once for all the streams that were sent the same. */
function indexOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  let index = indexes.get(resources);
  if (index === undefined) {
    indexes.set(resources, index = new Map(resources.map((resource) => [resource.name, resource])));
  }
  return index;
}

const present = new WeakMap<NonNullable<Changes>, readonly Resource[]>();

/** What of the changes is there: once for all the streams that were in sync, which are told the same changes. */
function presentOf(changes: NonNullable<Changes>): readonly Resource[] {
  let resources = present.get(changes);
  if (resources === undefined) {
    present.set(changes, resources = [...changes.values()].filter((resource) => resource !== undefined));
  }
  return resources;
}

function pick(view: View, names: Iterable<string>, gone?: ReadonlyMap<string, Resource>): Resource[] {
  const resources: Resource[] = [];
  for (const name of names) {
    const resource = view.get(name) ?? gone?.get(name);
    if (resource !== undefined) resources.push(resource);
  }
  return resources;
}
