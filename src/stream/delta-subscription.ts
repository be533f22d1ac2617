import type { SubscriptionChange, View } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import { type RequestEffect, type SubscriptionContext, TypeSubscription, WILDCARD } from "./subscription.ts";

/**
 * Incremental: each request says which names to add and to drop, each response what changed and what is gone.
 *
 * A name that does not exist is answered at once, as removed, and stays subscribed.
 */
export class DeltaSubscription extends TypeSubscription {
  /** What the client had when it connected, or in another view, until it has been compared with what there is. */
  #held: Map<string, string> | undefined = undefined;

  override subscribe(request: DiscoveryRequest, legacyWildcard: boolean): RequestEffect {
    const first = this.requests++ === 0;
    const before = this.wildcard;
    const added: string[] = [];
    const removed: string[] = [];
    // Later requests may repeat it, but it describes the moment of connecting only.
    if (first) {
      this.#held = request.initialVersions.size === 0 ? undefined : new Map(request.initialVersions);
      this.returning = request.initialVersions.size > 0;
    }
    // First of all, so that what the client drops by its name and goes on to have is answered.
    const all = request.names.includes(WILDCARD);
    if (all) this.#add(WILDCARD, added);
    for (const name of request.unsubscribe) if (!all || name !== WILDCARD) this.#drop(name, removed);
    for (const name of request.names) this.#add(name, added);
    // Later on, to ask for something is to ask for its content.
    if (!first) { for (const name of request.names) this.#doubt(name); }
    if (first && legacyWildcard && request.names.length === 0 && request.unsubscribe.length === 0) {
      this.#add(WILDCARD, added);
    }
    return { ...netOf(added, removed), wildcardChanged: this.wildcard !== before };
  }

  override owe(name: string): void {
    super.owe(name);
    this.#doubt(name);
  }

  protected override makeResponse(
    view: View,
    context: SubscriptionContext,
    keep: boolean,
  ): OutgoingResponse | undefined {
    const changes = this.position === undefined ? NO_CHANGES : view.changesSince(this.position);
    if (changes === undefined) return this.#catchUp(view, context);
    const all = this.wildcard && this.owesAll;
    const keptKey = this.keptKey();
    const plain = !keep && !all && keptKey === "";
    if (!plain) this.#keep(changes);
    const held = this.#held ?? NONE;
    this.#held = undefined;
    if (this.wildcard && held.size === 0 && this.owed.size === 0) {
      const gone = plain ? NO_NAMES : this.#gone(keep);
      if (!all && gone.length === 0 && !(plain ? changes.size > 0 : hasPresent(changes))) return undefined;
      const key = `delta ${all ? "all " : ""}since ${this.position}${keep ? " kept" : keptKey}`;
      return this.#share(view, context, key, () => {
        if (plain) return split(changes);
        return [all ? [...view] : split(changes)[0], gone];
      });
    }
    const resources: Resource[] = [];
    const removed: string[] = [];
    const answer = (name: string, resource: Resource | undefined) => {
      if (resource !== undefined) resources.push(resource);
      else removed.push(name);
    };
    const unlessHeld = (name: string, resource: Resource | undefined) => {
      if (resource === undefined || resource.version !== held.get(name)) answer(name, resource);
      else if (context.ttl) this.noteTtl(resource.ttlMs);
    };
    if (all) {
      for (const resource of view) unlessHeld(resource.name, resource);
    } else {
      for (const [name, resource] of changes) {
        if (this.has(name) && !this.owed.has(name) && !this.kept.has(name)) answer(name, resource);
      }
    }
    for (const name of this.owed) {
      const resource = view.get(name);
      if (!all || resource === undefined) unlessHeld(name, resource);
      this.kept.delete(name);
    }
    for (const name of held.keys()) {
      if (!this.has(name) || this.owed.has(name) || view.get(name) !== undefined) continue;
      if (keep) this.kept.set(name, undefined);
      else removed.push(name);
    }
    if (!plain) removed.push(...this.#gone(keep));
    if (resources.length === 0 && removed.length === 0 && !all) return undefined;
    return this.#make(view, context, resources, removed);
  }

  protected override newsOf({ resources }: OutgoingResponse): readonly Resource[] {
    return resources;
  }

  protected override makeHeartbeat(view: View, context: SubscriptionContext): OutgoingResponse | undefined {
    // Where the absence of content means something else the resources are sent again.
    const heartbeat = !this.beatsInFull && !this.type?.emptyMeansUnknown;
    const make = () => {
      const content = { typeUrl: this.typeUrl, version: view.version, resources: this.withTtl(view), removed: [] };
      return context.responses.make("delta", content, { ...context, heartbeat });
    };
    const key = heartbeat ? "delta beat" : "delta beat in full";
    const response = this.wildcard ? context.responses.share(view, key, this.lastSerial, make) : make();
    return response.resources.length > 0 ? response : undefined;
  }

  protected override leave(view: View): void {
    if (this.position !== undefined) {
      const held = new Map<string, string>();
      // Of what it was just asked for it is not known whether the client has it.
      for (const { name, version } of view) {
        if (this.has(name)) held.set(name, this.owesAll || this.owed.has(name) ? UNKNOWN : version);
      }
      for (const [name] of view.changesSince(this.position) ?? []) held.set(name, UNKNOWN);
      for (const name of this.kept.keys()) held.set(name, UNKNOWN);
      this.kept.clear();
      this.#held = held;
      this.position = undefined;
    }
    this.owesAll = this.wildcard;
    for (const name of this.names) this.owed.add(name);
  }

  /** The client may have the name, but not in the version that it says. */
  #doubt(name: string): void {
    if (name === WILDCARD) { for (const each of this.#held?.keys() ?? []) this.#held!.set(each, UNKNOWN); }
    else if (this.#held?.has(name)) this.#held.set(name, UNKNOWN);
  }

  /** Notes what is gone, and forgets of it what is there again. */
  #keep(changes: ReadonlyMap<string, Resource | undefined>): void {
    for (const [name, resource] of changes) {
      if (resource !== undefined) this.kept.delete(name);
      else if (this.has(name)) this.kept.set(name, undefined);
    }
  }

  /** What is gone and may be told. */
  #gone(keep: boolean): readonly string[] {
    return keep ? NO_NAMES : [...this.kept.keys()];
  }

  /** The log does not reach back to where the client is: names can be told anew, everything only on a new stream. */
  #catchUp(view: View, context: SubscriptionContext): OutgoingResponse | undefined {
    this.kept.clear();
    if (this.wildcard) {
      throw new ProtocolError("unavailable", `too far behind the changes of ${this.typeUrl}: connect again`);
    }
    const [resources, removed] = split(new Map([...this.names].map((name) => [name, view.get(name)])));
    if (resources.length === 0 && removed.length === 0) return undefined;
    return this.#make(view, context, resources, removed);
  }

  #add(name: string, added: string[]): void {
    if (name === WILDCARD) {
      this.wildcard = true;
      this.owesAll = true;
      return;
    }
    if (!this.names.has(name)) {
      this.names.add(name);
      added.push(name);
    }
    this.owed.add(name);
  }

  #drop(name: string, removed: string[]): void {
    if (name === WILDCARD) {
      this.wildcard = false;
      this.owesAll = false;
      for (const kept of this.kept.keys()) if (!this.has(kept)) this.kept.delete(kept);
      for (const owed of this.owed) if (!this.has(owed)) this.owed.delete(owed);
      return;
    }
    if (!this.names.delete(name)) return;
    removed.push(name);
    // As long as the wildcard covers it the client has to be told whether it may keep it.
    if (this.wildcard) this.owe(name);
    else {
      this.owed.delete(name);
      this.kept.delete(name);
    }
  }

  #share(
    view: View,
    context: SubscriptionContext,
    key: string,
    content: () => [resources: readonly Resource[], removed: readonly string[]],
  ): OutgoingResponse {
    const make = () => this.#make(view, context, ...content());
    return context.responses.share(view, context.ttl ? `${key} +ttl` : key, this.lastSerial, make);
  }

  #make(
    { version }: View,
    context: SubscriptionContext,
    resources: readonly Resource[],
    removed: readonly string[],
  ): OutgoingResponse {
    return context.responses.make("delta", { typeUrl: this.typeUrl, version, resources, removed }, context);
  }
}

const NONE: ReadonlyMap<string, string> = new Map();
const NO_NAMES: readonly string[] = [];
const NO_CHANGES: ReadonlyMap<string, Resource | undefined> = new Map();
/** A version that no resource has. */
const UNKNOWN = "\0";

/** A name that was dropped and added in one request is subscribed to as before. */
function netOf(added: readonly string[], removed: readonly string[]): SubscriptionChange {
  if (added.length === 0 || removed.length === 0) return { added, removed };
  const [come, gone] = [new Set(added), new Set(removed)];
  return { added: added.filter((name) => !gone.has(name)), removed: removed.filter((name) => !come.has(name)) };
}

function hasPresent(changes: ReadonlyMap<string, Resource | undefined>): boolean {
  for (const resource of changes.values()) if (resource !== undefined) return true;
  return false;
}

function split(changes: ReadonlyMap<string, Resource | undefined>): [resources: Resource[], removed: string[]] {
  const resources: Resource[] = [];
  const removed: string[] = [];
  for (const [name, resource] of changes) {
    if (resource !== undefined) resources.push(resource);
    else removed.push(name);
  }
  return [resources, removed];
}
