import { CollectionIndex, type SubscriptionChange, type View } from "../cache/mod.ts";
import { collectionOf, normalName, type Resource, type ResourceType } from "../resource/mod.ts";
import { AliasedNames, AliasesByCollection } from "./aliased-names.ts";
import { Answers } from "./answers.ts";
import { ProtocolError } from "./protocol-error.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import { type NameChange, WILDCARD } from "./subscribed-names.ts";
import { type RequestEffect, type SubscriptionContext, TypeSubscription } from "./subscription.ts";

/**
 * Incremental: each request says which names to add and to drop, each response what changed and what is gone.
 *
 * A name that does not exist is answered at once, as removed, and stays subscribed; so is a collection that is empty.
 * Of a type with aliases it is answered as a resource without content.
 */
export class DeltaSubscription extends TypeSubscription {
  /** What the client had when it connected, or in another view, until it has been compared with what there is. */
  #held: Map<string, string> | undefined = undefined;
  readonly #aliases: AliasedNames | undefined;

  constructor(typeUrl: string, type: ResourceType | undefined) {
    super(typeUrl, type);
    this.#aliases = type?.aliases && new AliasedNames(type.aliases);
  }

  override has(name: string): boolean {
    return this.#aliases === undefined ? super.has(name) : this.wildcard || this.#aliases.serves(name);
  }

  override repeat(name: string): void {
    if (this.#aliases === undefined) super.repeat(name);
    else this.owed.add(name);
  }

  override subscribe(request: DiscoveryRequest, legacyWildcard: boolean): RequestEffect {
    const first = this.requests++ === 0;
    const before = this.wildcard;
    const change: NameChange = { added: [], removed: [] };
    // Later requests may repeat it, but it describes the moment of connecting only.
    if (first) {
      this.#held = this.#normalKeys(request.initialVersions);
      this.returning = request.initialVersions.size > 0;
    }
    // First of all, so that what the client drops by its name and goes on to have is answered.
    const all = request.names.includes(WILDCARD);
    if (all) this.#add(WILDCARD, change);
    for (const name of request.unsubscribe) if (!all || name !== WILDCARD) this.#drop(this.#normal(name), change);
    for (const name of request.names) {
      const normal = this.normal(name);
      this.#add(normal, change);
      // Later on, to ask for something is to ask for its content.
      if (!first) this.#doubt(normal);
    }
    if (first && request.names.length === 0 && request.unsubscribe.length === 0) {
      if (legacyWildcard) this.#add(WILDCARD, change);
      // There is nothing for the client before it asks by name; but it may wait to be told so.
      else if (this.#aliases !== undefined) this.owed.add(EVERY_COLLECTION);
    }
    if (change.removedCollections !== undefined || (before && !this.wildcard)) this.#forgetUnwanted();
    return { ...netOf(change), wildcardChanged: this.wildcard !== before };
  }

  override owe(name: string): void {
    super.owe(name);
    this.#doubt(name);
  }

  protected override collectionFor(name: string): string | undefined {
    return this.#aliases === undefined ? super.collectionFor(name) : collectionOf(name);
  }

  protected override membersOf(name: string, view: View): Resource[] {
    if (this.#aliases === undefined) return super.membersOf(name, view);
    const resource = view.get(this.#aliases.get(name) ?? "");
    return resource === undefined ? [] : [resource];
  }

  protected override normal(name: string): string {
    return this.#aliases === undefined ? super.normal(name) : name;
  }

  protected override makeResponse(
    view: View,
    context: SubscriptionContext,
    keep: boolean,
  ): OutgoingResponse | undefined {
    const changes = this.position === undefined ? NO_CHANGES : view.changesSince(this.position);
    if (changes === undefined) return this.#catchUp(view, context);
    const left = this.#lookUp(view);
    const all = this.wildcard && this.owesAll;
    const keptKey = this.keptKey();
    const plain = !keep && !all && keptKey === "";
    if (!plain) this.#keep(changes);
    const held = this.#held ?? NONE;
    this.#held = undefined;
    if (this.wildcard && held.size === 0 && this.owed.size === 0 && !this.spells) {
      const gone = plain ? NO_NAMES : this.#gone(keep);
      if (!all && gone.length === 0 && !(plain ? changes.size > 0 : hasPresent(changes))) return undefined;
      const key = `delta ${all ? "all " : ""}since ${this.position}${keep ? " kept" : keptKey}`;
      return this.#share(view, context, key, () => {
        if (plain) return split(changes);
        return [all ? [...view] : split(changes)[0], gone];
      });
    }
    const answers = new Answers();
    const unlessHeld = (name: string, resource: Resource | undefined) => {
      if (resource === undefined || resource.version !== held.get(name)) answers.tell(name, resource);
      else if (context.ttl) this.noteTtl(resource.ttlMs);
    };
    if (all) {
      for (const resource of view) unlessHeld(resource.name, resource);
    } else {
      for (const name of this.#wantedOf(changes)) {
        if (!this.owed.has(name) && !this.kept.has(name)) answers.tell(name, changes.get(name));
      }
    }
    for (const name of left) if (!this.has(name)) answers.tell(name, undefined);
    const aliases = new AliasesByCollection(this.names);
    for (const name of this.owed) {
      this.kept.delete(name);
      if (this.#aliases !== undefined) this.#answerAlias(name, view, { answers, aliases });
      else if (this.collections.has(name)) this.#answerCollection(name, view, { answers, unlessHeld });
      else this.#answerName(name, view, unlessHeld);
    }
    for (const name of held.keys()) {
      if (!this.#isGone(name, view)) continue;
      if (keep) this.kept.set(name, undefined);
      else answers.tell(name, undefined);
    }
    if (!plain) { for (const name of this.#gone(keep)) answers.tell(name, undefined); }
    if (answers.empty && !all) return undefined;
    return this.#make(view, context, answers);
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
    const shared = this.wildcard && !this.spells;
    const response = shared ? context.responses.share(view, key, this.lastSerial, make) : make();
    return response.resources.length > 0 ? response : undefined;
  }

  protected override leave(view: View): void {
    if (this.position !== undefined) {
      const held = new Map<string, string>();
      // Of what it was just asked for it is not known whether the client has it.
      for (const { name, version } of view) {
        if (this.has(name)) held.set(name, this.#isOwed(name) ? UNKNOWN : version);
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

  /** The client may have the name, or all in a collection, but not in the version that it says. */
  #doubt(name: string): void {
    if (this.#held === undefined) return;
    if (name !== WILDCARD && !this.collections.has(name)) {
      if (this.#held.has(name)) this.#held.set(name, UNKNOWN);
      return;
    }
    for (const each of this.#held.keys()) {
      if (name === WILDCARD || collectionOf(each) === name) this.#held.set(each, UNKNOWN);
    }
  }

  #isOwed(name: string): boolean {
    if (this.owesAll || this.owed.has(name)) return true;
    return this.collections.size > 0 && this.owed.has(collectionOf(name) ?? name);
  }

  /** The names of the changes that the client wants: looked for from the side where there are fewer. */
  *#wantedOf(changes: ReadonlyMap<string, Resource | undefined>): Iterable<string> {
    const byName = !this.wildcard && this.collections.size === 0 && this.#aliases === undefined;
    if (byName && this.names.size < changes.size) {
      for (const name of this.names) if (changes.has(name)) yield name;
    } else {
      for (const name of changes.keys()) if (this.has(name)) yield name;
    }
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
    if (this.wildcard || this.collections.size > 0) {
      throw new ProtocolError("unavailable", `too far behind the changes of ${this.typeUrl}: connect again`);
    }
    const answers = new Answers();
    for (const name of this.names) answers.tell(name, view.get(name));
    return answers.empty ? undefined : this.#make(view, context, answers);
  }

  /** Finds out what names stand for. @returns the resources that stand for nothing any more */
  #lookUp(view: View): readonly string[] {
    if (this.#aliases === undefined) return NO_NAMES;
    const { names: all, collections, owed, position: since } = this;
    return this.#aliases.update(view, { all, collections, owed, since });
  }

  #answerName(name: string, view: View, tell: Tell): void {
    const resource = view.get(name);
    if (resource === undefined && this.awaits(name, view)) return;
    // What there is of everything is told already.
    if (resource === undefined || !(this.wildcard && this.owesAll)) tell(name, resource);
  }

  #answerCollection(
    name: string,
    view: View,
    { answers, unlessHeld }: { readonly answers: Answers; readonly unlessHeld: Tell },
  ): void {
    const members = this.membersOf(name, view);
    for (const member of members) unlessHeld(member.name, member);
    if (members.length === 0 && !this.awaits(name, view)) answers.tell(name, undefined);
  }

  /** Answers a name that stands for a resource, or a collection of those, or the name of a resource. */
  #answerAlias(
    name: string,
    view: View,
    { answers, aliases }: { readonly answers: Answers; readonly aliases: AliasesByCollection },
  ): void {
    if (this.names.has(name)) {
      const resource = this.#aliases!.get(name);
      if (resource === undefined && this.awaits(name, view)) return;
      answers.tellAlias(name, resource === undefined ? undefined : view.get(resource));
    } else if (name === EVERY_COLLECTION) {
      for (const collection of CollectionIndex.of(view).collections) {
        if (!this.collections.has(collection)) answers.tell(collection, undefined);
      }
    } else if (collectionOf(name) !== name) answers.tell(name, view.get(name));
    else {
      const asked = aliases.in(name);
      for (const alias of asked) this.#answerAlias(alias, view, { answers, aliases });
      const members = this.wildcard ? [...CollectionIndex.of(view).members(name)] : [];
      for (const member of members) answers.tell(member, view.get(member));
      if (asked.length === 0 && members.length === 0) answers.tell(name, undefined);
    }
  }

  /** Whether the client had a resource when it connected that is no more, and is not told so otherwise. */
  #isGone(name: string, view: View): boolean {
    if (view.get(name) !== undefined || this.owed.has(name)) return false;
    return this.#aliases === undefined ? this.has(name) : !this.names.has(name);
  }

  #normalKeys(versions: ReadonlyMap<string, string>): Map<string, string> | undefined {
    if (versions.size === 0) return undefined;
    return new Map([...versions].map(([name, version]) => [this.#normal(name), version]));
  }

  /** The normal form of a name that may not be one of the subscription, and is not remembered. */
  #normal(name: string): string {
    return this.#aliases === undefined ? normalName(name) : name;
  }

  #add(name: string, change: NameChange): void {
    if (name === WILDCARD) {
      this.wildcard = true;
      this.owesAll = true;
      return;
    }
    this.addName(name, change);
    this.owed.add(name);
  }

  #drop(name: string, change: NameChange): void {
    if (name === WILDCARD) {
      this.wildcard = false;
      this.owesAll = false;
      return;
    }
    if (!this.names.has(name) && this.#aliases !== undefined) {
      // The client may call what it was sent by the name of the resource, too.
      for (const alias of [...this.#aliases.of(name)]) this.#drop(alias, change);
      return;
    }
    const members = this.wildcard && this.view !== undefined ? this.membersOf(name, this.view) : [];
    const isCollection = this.collections.has(name) && this.#aliases === undefined;
    if (!this.dropName(name, change)) return;
    this.owed.delete(name);
    const resource = this.#aliases?.drop(name);
    // As long as something else covers it the client has to be told whether it may keep it.
    if (isCollection) {
      for (const member of members) this.owe(member.name);
    } else if (resource !== undefined) {
      if (this.wildcard) this.owe(resource);
    } else if (this.#aliases === undefined && this.has(name)) this.owe(name);
    else this.kept.delete(name);
  }

  #forgetUnwanted(): void {
    for (const name of this.kept.keys()) if (!this.has(name)) this.kept.delete(name);
    for (const name of this.owed) {
      // What stands for resources, or for many of them, is asked for as long as it is not dropped itself.
      const isAsked = this.#aliases !== undefined && (this.names.has(name) || collectionOf(name) === name);
      if (!this.has(name) && !isAsked && name !== EVERY_COLLECTION) this.owed.delete(name);
    }
  }

  #share(
    view: View,
    context: SubscriptionContext,
    key: string,
    content: () => [resources: readonly Resource[], removed: readonly string[]],
  ): OutgoingResponse {
    const make = () => {
      const [resources, removed] = content();
      return context.responses.make("delta", this.#content(view, resources, removed), context);
    };
    return context.responses.share(view, context.ttl ? `${key} +ttl` : key, this.lastSerial, make);
  }

  #make(view: View, context: SubscriptionContext, { resources, removed, unknown }: Answers): OutgoingResponse {
    const content = this.spells
      ? this.#content(view, resources.map((each) => this.spelled(each)), removed.map((each) => this.spelledName(each)))
      : this.#content(view, resources, removed);
    return context.responses.make("delta", { ...content, unknown }, context);
  }

  #content({ version }: View, resources: readonly Resource[], removed: readonly string[]) {
    return { typeUrl: this.typeUrl, version, resources, removed };
  }
}

type Tell = (name: string, resource: Resource | undefined) => void;

/** Stands among the names that are owed for the collections that the client has not asked anything of. */
const EVERY_COLLECTION = WILDCARD;
const NONE: ReadonlyMap<string, string> = new Map();
const NO_NAMES: readonly string[] = [];
const NO_CHANGES: ReadonlyMap<string, Resource | undefined> = new Map();
/** A version that no resource has. */
const UNKNOWN = "\0";

/** A name that was dropped and added in one request is subscribed to as before, and so is a collection. */
function netOf({ added, removed, addedCollections = [], removedCollections = [] }: NameChange): SubscriptionChange {
  const [come, gone] = net(added, removed);
  const [opened, closed] = net(addedCollections, removedCollections);
  const names = { added: come, removed: gone };
  if (opened.length === 0 && closed.length === 0) return names;
  return { ...names, addedCollections: opened, removedCollections: closed };
}

function net(added: readonly string[], removed: readonly string[]): [come: readonly string[], gone: readonly string[]] {
  if (added.length === 0 || removed.length === 0) return [added, removed];
  const [come, gone] = [new Set(added), new Set(removed)];
  return [added.filter((name) => !gone.has(name)), removed.filter((name) => !come.has(name))];
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
