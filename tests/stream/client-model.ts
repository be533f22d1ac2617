import type { Variant } from "../../src/stream/mod.ts";
import type { Type } from "../protocol/transcript.ts";
import type { Received, ReceivedResource, Request } from "./wire-client.ts";
import { hasTtl, referenceIn, TTL_MS, type World } from "./world.ts";

/** Types of which a SotW response has all subscribed resources. */
const FULL_STATE: ReadonlySet<Type> = new Set<Type>(["CDS", "LDS", "SRDS"]);
/** Types of which a first request without names subscribes to the wildcard. */
const LEGACY_WILDCARD: ReadonlySet<Type> = FULL_STATE;
/** The types that refer to a type, directly or through others. */
const REFERRERS: { readonly [T in Type]?: readonly Type[] } = {
  CDS: ["LDS", "RDS", "SRDS"],
  EDS: ["CDS", "LDS", "RDS", "SRDS"],
  RDS: ["LDS", "SRDS"],
};
/** A resource that changed so often between two responses may be sent although it has changed back. */
const COMPACTED_AFTER = 8;

/** What a request changes, and which response it ACKs or NACKs. */
export interface Change {
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  readonly nonce?: string;
  readonly error?: string;
}

/** The state of the client for one type: of one stream, unless a field says otherwise. */
class TypeModel {
  /** The names that it subscribes to, across streams. */
  readonly names = new Set<string>();
  wildcard = false;
  /** The resources that it uses: ACKed, and still subscribed. Across streams. */
  readonly held = new Map<string, { readonly label: string; readonly version: string }>();
  /** SotW: of the last response that it ACKed. Across streams. */
  version = "";
  /** The names whose last response the client rejected. */
  readonly rejected = new Set<string>();

  requests = 0;
  /** When the first request was sent. */
  openedAt = 0;
  hasNamed = false;
  readonly nonces: string[] = [];
  /** The response that it has neither ACKed nor NACKed. */
  inFlight: Received | undefined = undefined;
  /** The resources that it was sent, ACKed or not. */
  readonly sent = new Map<string, { readonly label: string; readonly at: number }>();
  /** The names that have to be sent, whether they changed or not. */
  readonly requested = new Set<string>();
  isAllRequested = false;
  /** Its view is replaced as a whole, so that everything may be sent again once. */
  awaitsView = false;
  /** How often each name has changed since the last response. */
  readonly churn = new Map<string, number>();
  /** Names that may be sent again: removed and published again since they were sent last. */
  readonly returned = new Set<string>();
  /**
   * Names whose removal may be sent although the client does not hold them: it has just subscribed to the wildcard, or
   * moved to another group.
   */
  readonly mayBeRemoved = new Set<string>();
  /** When each name was last sent changed, and when it was last sent as it may have changed meanwhile. */
  readonly changedAt = new Map<string, number>();
  readonly mayHaveChangedAt = new Map<string, number>();
  /** Full state: the resources of the last response, whatever the client has unsubscribed from since. */
  readonly last = new Map<string, string>();
  nacked = false;
  lastHeartbeat: number | undefined = undefined;
  readonly renewedAt = new Map<string, number>();

  matches(name: string): boolean {
    return this.wildcard || this.names.has(name);
  }

  get isEmpty(): boolean {
    return !this.wildcard && this.names.size === 0;
  }
}

/**
 * An xDS client that keeps track of its subscriptions, of the responses and of what may follow, written from the
 * protocol's description alone. It throws where a server may not send a response.
 */
export class ClientModel {
  readonly variant: Variant;
  readonly ttl: boolean;
  /** A response has been in flight for so long that no type waits for its ACK any longer. */
  isOverdue = false;
  #types = new Map<Type, TypeModel>();
  #seq = 0;

  constructor({ variant, ttl }: { readonly variant: Variant; readonly ttl: boolean }) {
    this.variant = variant;
    this.ttl = ttl;
  }

  /** The types that it has sent requests of. */
  get types(): Type[] {
    return [...this.#types.keys()];
  }

  type(type: Type): TypeModel {
    let model = this.#types.get(type);
    if (model === undefined) this.#types.set(type, model = new TypeModel());
    return model;
  }

  /** The responses that it has neither ACKed nor NACKed. */
  get inFlight(): Received[] {
    return [...this.#types.values()].flatMap(({ inFlight }) => inFlight ?? []);
  }

  /** Makes a request, and notes what follows from it. */
  request(type: Type, change: Change): Request {
    const model = this.type(type);
    const first = model.requests++ === 0;
    if (first) model.openedAt = this.#seq;
    if (model.inFlight !== undefined && change.nonce === model.inFlight.nonce) this.#acknowledge(type, change.error);
    const { nonce = "", error } = change;
    return this.variant === "sotw"
      ? { type, nonce, error, ...this.#applySotw(type, model, change) }
      : { type, nonce, error, ...this.#applyDelta(type, model, change, first) };
  }

  /** Loses its stream, and subscribes on the next one, type by type, with the versions that it has. */
  reconnect(): Request[] {
    const before = this.#types;
    this.#types = new Map();
    return [...before].flatMap(([type, old]) => {
      if (old.isEmpty) return [];
      const model = this.type(type);
      for (const [name, held] of old.held) model.held.set(name, held);
      model.version = old.version;
      model.requests = 1;
      model.openedAt = this.#seq;
      if (this.variant === "sotw") {
        const names = old.wildcard && (old.names.size > 0 || !LEGACY_WILDCARD.has(type))
          ? ["*", ...old.names]
          : [...old.names];
        return { type, nonce: "", versionInfo: old.version, ...this.#applySotw(type, model, { subscribe: names }) };
      }
      for (const [name, { label }] of model.held) {
        model.sent.set(name, { label, at: 0 });
        model.renewedAt.set(name, old.renewedAt.get(name)!);
      }
      model.lastHeartbeat = old.lastHeartbeat;
      const wildcard = old.wildcard && (old.names.size > 0 || !LEGACY_WILDCARD.has(type));
      const subscribe = [...wildcard ? ["*"] : [], ...old.names];
      const initial = Object.fromEntries([...model.held].map(([name, { version }]) => [name, version]));
      const request = this.#applyDelta(type, model, { subscribe }, true);
      // A client that requests endpoints before clusters may be warming clusters with endpoints that it holds.
      const mayBeWarming = type === "EDS" && !this.#types.get("CDS")?.requests;
      if (!mayBeWarming) { for (const name of model.held.keys()) model.requested.delete(name); }
      return { type, nonce: "", ...request, initial };
    });
  }

  /** The world of the client changes. */
  published(before: World, after: World): void {
    for (const [type, model] of this.#types) {
      for (const name of new Set([...before[type].keys(), ...after[type].keys()])) {
        const [from, to] = [before[type].get(name), after[type].get(name)];
        if (from === to) continue;
        model.churn.set(name, (model.churn.get(name) ?? 0) + 1);
        if (from === undefined && model.sent.has(name)) model.returned.add(name);
      }
    }
  }

  /** The client belongs to another group from now on. */
  move(): void {
    this.isOverdue = true;
    for (const model of this.#types.values()) model.awaitsView = true;
  }

  /** Takes a response. @throws where a server may not send it now */
  receive(received: Received, world: World, now: number): void {
    const { type, nonce, removed, resources } = received;
    const model = this.type(type);
    check(model.inFlight === undefined, "a response is sent while another one is in flight");
    check(nonce !== "" && !model.nonces.includes(nonce), `the nonce "${nonce}" is not new`);
    const names = [...resources.map(({ name }) => name), ...removed];
    check(new Set(names).size === names.length, `a name is sent twice: ${names}`);
    for (const { name } of resources) check(model.matches(name), `${name} is not subscribed`);
    for (const each of resources) this.#checkContent(type, each, world);
    for (const name of removed) check(!world[type].has(name), `${name} exists, and is sent as removed`);
    if (this.#isFull(type)) this.#checkComplete(model, received, world);
    if (model.isAllRequested || model.awaitsView) {
      for (const name of model.churn.keys()) if (!world[type].has(name)) model.mayBeRemoved.add(name);
    }
    const isHeartbeat = this.#checkReasons(model, received, { world, now });
    if (!this.isOverdue) this.#checkOrder(model, received, world);
    this.#note(model, received, now);
    if (isHeartbeat) model.lastHeartbeat = now;
  }

  /** All responses are ACKed and all deadlines have passed: the client was sent all, and has what it ACKed. */
  checkSettled(world: World): void {
    for (const [type, model] of this.#types) this.#checkType(type, model, world[type]);
    const [clusters, endpoints] = [this.type("CDS"), this.type("EDS")];
    for (const [name, at] of clusters.changedAt) {
      if (!clusters.sent.has(name) || !endpoints.names.has(name) || !world.EDS.has(name)) continue;
      const last = endpoints.sent.get(name)!.at;
      // Endpoints that the client had from an earlier stream when it received the cluster are not waited for.
      if (last === 0 && at <= endpoints.openedAt) continue;
      check(last > at, `${name} was sent, and its endpoints were not sent after it`);
    }
  }

  /** Every resource with a ttl was renewed in time. */
  checkTtls(world: World, now: number): void {
    if (!this.ttl) return;
    for (const [type, { sent, renewedAt, nacked }] of this.#types) {
      for (const [name, { label }] of sent) {
        if (hasTtl(label) && world[type].has(name) && !nacked) {
          check(now - renewedAt.get(name)! < TTL_MS, `${type} ${name} has expired`);
        }
      }
    }
  }

  #checkType(type: Type, model: TypeModel, published: ReadonlyMap<string, string>): void {
    if (model.isEmpty) return;
    for (const [name, label] of published) {
      if (!model.matches(name)) continue;
      const sent = model.sent.get(name)?.label;
      check(sent === label, `${type} ${label} was not sent; the client was sent ${sent}`);
    }
    if (this.variant === "delta" || this.#isFull(type)) {
      for (const name of model.sent.keys()) {
        check(published.has(name) || this.#mayWithhold(type), `the removal of ${type} ${name} was not sent`);
      }
      check(model.requested.size === 0, `${type} ${[...model.requested]} was requested, and not sent`);
    }
    check(!model.isAllRequested, `the wildcard of ${type} was requested, and not sent`);
    for (const [name, { label }] of model.sent) {
      if (model.rejected.has(name)) continue;
      const held = model.held.get(name)?.label;
      check(held === label, `the client has ${type} ${held} instead of ${label}`);
    }
    for (const name of model.held.keys()) {
      check(model.matches(name), `the client has ${type} ${name}, which is not subscribed`);
      // SotW cannot send a removal, unless the type has full state.
      if (model.rejected.has(name) || (this.variant === "sotw" && !this.#isFull(type))) continue;
      check(model.sent.has(name), `the client has ${type} ${name} still`);
    }
  }

  #acknowledge(type: Type, error: string | undefined): void {
    const model = this.type(type);
    const { resources, removed, version } = model.inFlight!;
    model.inFlight = undefined;
    model.nacked = error !== undefined;
    if (error !== undefined) {
      for (const { name } of resources) model.rejected.add(name);
      for (const name of removed) model.rejected.add(name);
      if (this.#isFull(type)) { for (const name of model.held.keys()) model.rejected.add(name); }
      // A rejected heartbeat: the client has let the resource expire, so it has to be sent.
      for (const { name, label } of resources) if (label === undefined) model.requested.add(name);
      return;
    }
    model.version = version;
    if (this.#isFull(type)) {
      model.held.clear();
      model.rejected.clear();
    }
    for (const { name, label, version } of resources) {
      if (label === undefined) continue;
      model.rejected.delete(name);
      if (model.matches(name)) model.held.set(name, { label, version });
    }
    for (const name of removed) {
      model.rejected.delete(name);
      model.held.delete(name);
    }
  }

  #applySotw(type: Type, model: TypeModel, { subscribe = [], unsubscribe = [] }: Change): Partial<Request> {
    const before = new Set(model.names);
    for (const name of unsubscribe) model.names.delete(name);
    for (const name of subscribe) model.names.add(name);
    const isExplicit = model.names.delete("*") || (this.#explicitWildcards.has(model) && !unsubscribe.includes("*"));
    if (isExplicit) this.#explicitWildcards.add(model);
    else this.#explicitWildcards.delete(model);
    const names = [...isExplicit ? ["*"] : [], ...model.names];
    model.hasNamed ||= names.length > 0;
    const wildcard = isExplicit || (!model.hasNamed && LEGACY_WILDCARD.has(type));
    for (const name of model.names) if (!before.has(name)) model.requested.add(name);
    for (const name of before) if (!model.names.has(name)) model.requested.delete(name);
    if (wildcard !== model.wildcard) model.isAllRequested = wildcard;
    model.wildcard = wildcard;
    forget(model);
    return { names, versionInfo: model.version };
  }

  /** SotW: the types whose wildcard was subscribed by its name. */
  readonly #explicitWildcards = new WeakSet<TypeModel>();

  #applyDelta(
    type: Type,
    model: TypeModel,
    { subscribe = [], unsubscribe = [] }: Change,
    first: boolean,
  ): Partial<Request> {
    // A request that unsubscribes from the wildcard and subscribes to it keeps it, and is responded to.
    const all = subscribe.includes("*");
    if (all) model.isAllRequested = model.wildcard = true;
    for (const name of unsubscribe) {
      if (name === "*" && all) continue;
      if (name === "*") {
        // A wildcard that was subscribed and unsubscribed may have a response all the same, of what is still subscribed.
        if (model.isAllRequested) { for (const known of model.sent.keys()) model.returned.add(known); }
        model.isAllRequested = model.wildcard = false;
        for (const requested of model.requested) if (!model.names.has(requested)) model.requested.delete(requested);
      } else if (model.names.delete(name)) {
        if (model.wildcard) model.requested.add(name);
        else model.requested.delete(name);
      }
    }
    for (const name of subscribe) {
      if (name === "*") continue;
      model.names.add(name);
      model.requested.add(name);
    }
    if (first && subscribe.length === 0 && unsubscribe.length === 0 && LEGACY_WILDCARD.has(type)) {
      model.isAllRequested = model.wildcard = true;
    }
    forget(model);
    return { subscribe, unsubscribe };
  }

  /** A client that rejects a referrer uses what it had, which may refer to removed resources. */
  #mayWithhold(type: Type): boolean {
    return REFERRERS[type]?.some((referrer) => this.#types.get(referrer)?.nacked) ?? false;
  }

  #isFull(type: Type): boolean {
    return this.variant === "sotw" && FULL_STATE.has(type);
  }

  #checkContent(type: Type, { name, label }: ReceivedResource, world: World): void {
    const model = this.type(type);
    const published = world[type].get(name);
    if (label === undefined) {
      const sent = model.sent.get(name)?.label;
      check(
        this.ttl && sent !== undefined && sent === published,
        `${name} is renewed as ${published}, and was sent as ${sent}`,
      );
    } else if (published !== undefined) {
      check(label === published, `${label} is sent, and ${published} is published`);
    } else if (this.#isFull(type)) {
      check(model.last.get(name) === label, `${label} was removed, and the last response does not have it`);
    } else {
      const isPinned = this.variant === "sotw" && type === "EDS" &&
        this.type("CDS").inFlight?.resources.some((each) => each.name === name);
      check(isPinned === true, `${label} was removed, and is not pinned by a cluster in flight`);
    }
  }

  #checkComplete(model: TypeModel, { type, resources }: Received, world: World): void {
    const sent = new Set(resources.map(({ name }) => name));
    for (const name of world[type].keys()) {
      if (model.matches(name)) check(sent.has(name), `${name} is left out, which removes it`);
    }
  }

  /** @returns whether it is a heartbeat: it has no change, and renews resources with a ttl */
  #checkReasons(
    model: TypeModel,
    { type, resources, removed }: Received,
    { world, now }: { readonly world: World; readonly now: number },
  ): boolean {
    const isHeartbeatDue = this.ttl && model.lastHeartbeat !== undefined && now - model.lastHeartbeat >= TTL_MS / 3;
    const isNew = ({ name, label }: ReceivedResource) =>
      label !== undefined &&
      (model.sent.get(name)?.label !== label || this.#isRequested(type, model, name) || model.rejected.has(name));
    if (model.awaitsView) return false;
    if (this.#isFull(type)) {
      const isRemoval = [...model.sent.keys()].some((name) => !resources.some((each) => each.name === name));
      if (isRemoval || model.isAllRequested || model.requested.size > 0 || resources.some(isNew)) return false;
      check(isHeartbeatDue && resources.some(({ label }) => hasTtl(label!)), "the same is sent again");
      return true;
    }
    check(resources.length > 0 || removed.length > 0 || model.isAllRequested, "an empty response");
    for (const name of removed) {
      const isKnown = model.sent.has(name) || model.mayBeRemoved.has(name) || model.rejected.has(name) ||
        this.#isRequested(type, model, name);
      check(isKnown, `the removal of ${name} is sent again`);
    }
    this.#checkRejected(model, { type, resources, removed }, world);
    const old = resources.filter((each) => !isNew(each) && !(model.isAllRequested && model.wildcard));
    for (const { name, label } of old) {
      const sent = label ?? model.sent.get(name)!.label;
      check(isHeartbeatDue && hasTtl(sent), `${type} ${name} is sent again`);
    }
    return old.length > 0;
  }

  /** A change carries the names that the client rejected, as they are now. */
  #checkRejected(
    model: TypeModel,
    { type, resources, removed }: Pick<Received, "type" | "resources" | "removed">,
    world: World,
  ): void {
    const isChange = resources.some(({ name, label }) =>
      label !== undefined && model.sent.get(name)?.label !== label && !this.#isRequested(type, model, name)
    );
    if (!isChange) return;
    for (const name of model.rejected) {
      if (!model.matches(name)) continue;
      if (world[type].has(name)) {
        check(resources.some((each) => each.name === name), `${name} was rejected, and is left out`);
      } else if (this.variant === "delta" && REFERRERS[type] === undefined) {
        check(removed.includes(name), `the removal of ${name} was rejected, and is left out`);
      }
    }
  }

  #isRequested(type: Type, model: TypeModel, name: string): boolean {
    if (model.requested.has(name) || model.returned.has(name)) return true;
    if ((model.churn.get(name) ?? 0) > COMPACTED_AFTER) return true;
    const clusterAt = type === "EDS" && model.names.has(name) ? this.type("CDS").mayHaveChangedAt.get(name) : undefined;
    return clusterAt !== undefined && clusterAt > (model.sent.get(name)?.at ?? -1);
  }

  #checkOrder(model: TypeModel, received: Received, world: World): void {
    if (received.type === "CDS") this.#checkRemovals(model, received, world);
    if (received.type !== "RDS" && received.type !== "LDS") return;
    // Requested names do not wait.
    if (model.requested.size > 0 || model.isAllRequested || model.awaitsView) return;
    for (const { name, label } of received.resources) {
      const target = label && referenceIn(label);
      if (label === model.sent.get(name)?.label || !target?.startsWith("c")) continue;
      this.#checkUsable(target, label!, world);
    }
  }

  /** The client has the cluster, with its endpoints. */
  #checkUsable(name: string, by: string, world: World): void {
    const [clusters, endpoints] = [this.type("CDS"), this.type("EDS")];
    if (clusters.requests === 0 || !clusters.matches(name) || !world.CDS.has(name)) return;
    const where = `${by} is sent before ${name}`;
    check(clusters.sent.get(name)?.label === world.CDS.get(name), `${where} is sent as it is now`);
    check(clusters.inFlight === undefined, `${where} is ACKed`);
    if (clusters.rejected.size > 0 || !endpoints.names.has(name) || !world.EDS.has(name)) return;
    check(endpoints.inFlight === undefined, `${where}'s endpoints are ACKed`);
    const { label, at } = endpoints.sent.get(name) ?? { label: "nothing", at: -1 };
    check(label === world.EDS.get(name), `${where}'s endpoints are sent, which are ${label}`);
    check(at > (clusters.changedAt.get(name) ?? -1), `${where} has its endpoints again`);
  }

  /** No resource that the client uses refers to a removed one. */
  #checkRemovals(model: TypeModel, { resources, removed }: Received, world: World): void {
    if (model.awaitsView) return;
    const removedNow = this.variant === "delta"
      ? removed.filter((name) => !model.requested.has(name))
      : [...model.sent.keys()].filter((name) => !resources.some((each) => each.name === name));
    for (const type of ["RDS", "LDS"] as const) {
      const referrer = this.type(type);
      for (const [name, { label }] of referrer.held) {
        const target = referenceIn(label);
        if (target === undefined || !removedNow.includes(target) || !referrer.sent.has(name)) continue;
        // SotW cannot send the removal of a route; and a route that was rejected once no longer protects its clusters
        // after the client ACKed the next response of its type.
        if (!world[type].has(name) && !this.#isFull(type) && this.variant === "sotw") continue;
        if (referrer.rejected.has(name) && !referrer.nacked) continue;
        check(world[type].get(name) === label, `${target} is removed, and ${label} refers to it`);
      }
    }
  }

  #note(model: TypeModel, received: Received, now: number): void {
    const { type, nonce, resources, removed } = received;
    const at = ++this.#seq;
    const full = this.#isFull(type);
    const before = new Map(model.sent);
    if (full) {
      model.sent.clear();
      model.last.clear();
      for (const { name, label } of resources) model.last.set(name, label!);
    }
    for (const { name, label = before.get(name)!.label } of resources) {
      const isChange = model.isAllRequested || model.requested.has(name) || before.get(name)?.label !== label;
      if (isChange) model.changedAt.set(name, at);
      if (isChange || model.awaitsView || model.returned.has(name) || model.rejected.has(name)) {
        model.mayHaveChangedAt.set(name, at);
      }
      model.sent.set(name, { label, at });
      model.renewedAt.set(name, now);
      if (hasTtl(label)) model.lastHeartbeat ??= now;
    }
    for (const name of removed) model.sent.delete(name);
    for (const name of full ? [...model.requested] : [...resources.map(({ name }) => name), ...removed]) {
      model.requested.delete(name);
    }
    model.isAllRequested = false;
    model.awaitsView = false;
    model.churn.clear();
    model.returned.clear();
    model.nonces.push(nonce);
    model.inFlight = received;
  }
}

/** The client drops what it has unsubscribed from. */
function forget(model: TypeModel): void {
  // The server may send a removal that crossed the request.
  for (const name of model.sent.keys()) if (!model.matches(name)) model.mayBeRemoved.add(name);
  for (const map of [model.held, model.sent, model.requested, model.rejected]) {
    for (const name of map.keys()) if (!model.matches(name)) map.delete(name);
  }
}

function check(condition: boolean, violation: string): asserts condition {
  if (!condition) throw new Error(violation);
}
