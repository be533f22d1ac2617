import type { Cache, View } from "../cache/mod.ts";
import type { ApiTable, Reference, Resource, ResourceType } from "../resource/mod.ts";
import { DeltaSubscription } from "./delta-subscription.ts";
import type { StreamLimits } from "./limits.ts";
import { NodeIdentity } from "./node-identity.ts";
import { ProtocolError } from "./protocol-error.ts";
import { decodeRequest, type DiscoveryRequest, type Variant } from "./request.ts";
import type { OutgoingResponse, ResponseFactory } from "./response.ts";
import { PublicationOrder, readinessOf } from "./publication-order.ts";
import { includesAll, namesOf, promisedBy, readable, union } from "./shared-names.ts";
import { SotwSubscription } from "./sotw-subscription.ts";
import type { StreamCallbacks, StreamInfo, SubscriptionStatus } from "./stream-callbacks.ts";
import type { SubscriptionContext, TypeSubscription } from "./subscription.ts";
import type { Trace } from "./trace.ts";

/** What a stream needs to know. */
export interface DiscoveryStreamOptions {
  readonly id: number;
  readonly variant: Variant;
  readonly api: ApiTable;
  /** The type of the service; undefined on ADS. */
  readonly typeUrl: string | undefined;
  readonly peer?: string | undefined;
  readonly cache: Cache;
  /** One for a server, so that streams share what they are sent. */
  readonly responses: ResponseFactory;
  readonly callbacks: StreamCallbacks;
  readonly limits: StreamLimits;
  /**
   * How long in ADS a change waits for the client to accept what it depends on, and a removal for the client to accept
   * what stopped using it, in milliseconds. 0: nothing waits for anything.
   */
  readonly holdBackMs: number;
  /** The types of which a first request without names asks for everything. Default: as the table says. */
  readonly legacyWildcard?: ReadonlySet<string> | undefined;
  /** Called whenever `next` may have something new, also from within `receive`, and more often than needed. */
  readonly wake: () => void;
  /** Receives each decision of the protocol. Default: none are made known, at no cost. */
  readonly trace?: Trace | undefined;
}

/**
 * The protocol of one stream, without any I/O, timer or promise: requests go in by `receive`, responses come out by
 * `next`, and `wake` says when it is worth asking.
 *
 * Of each type there is at most one response that the client has not answered. What changes meanwhile is sent together
 * afterwards, as it is then.
 */
export class DiscoveryStream {
  readonly #options: DiscoveryStreamOptions;
  readonly #identity: NodeIdentity;
  readonly #order: PublicationOrder;
  readonly #subscriptions = new Map<string, TypeSubscription>();
  /** In the order in which one publication goes out. */
  #ordered: TypeSubscription[] = [];
  #context: SubscriptionContext;
  #dueAt: number | undefined = undefined;
  #closed = false;

  constructor(options: DiscoveryStreamOptions) {
    this.#options = options;
    this.#order = PublicationOrder.of(options.api);
    this.#identity = new NodeIdentity(options.api.node);
    this.#context = { responses: options.responses, ttl: false };
  }

  get info(): StreamInfo {
    const { id, variant, typeUrl, peer } = this.#options;
    return { id, variant, typeUrl, peer, node: this.#identity.node };
  }

  /**
   * Takes in one request.
   *
   * @param message - the encoded `DiscoveryRequest` or `DeltaDiscoveryRequest`. It is not kept.
   * @throws ProtocolError if the stream has to be ended; what a callback throws comes through as it is
   */
  receive(message: Uint8Array): void {
    if (this.#closed) return;
    const request = this.#decode(message);
    const typeUrl = this.#typeOf(request);
    if (this.#identity.update(request.node)) this.#nodeChanged();
    this.#options.callbacks.onRequest?.(this.info, request);
    const known = this.#subscriptions.get(typeUrl);
    const subscription = known ?? this.#open(typeUrl);
    this.#judge(subscription, request);
    const effect = subscription.subscribe(request, this.#isLegacyWildcard(subscription));
    this.#checkNames(subscription, request);
    if (known === undefined) {
      this.#catchUpResends(subscription);
      this.#watch(subscription);
    } else if (effect.added.length > 0 || effect.removed.length > 0 || effect.wildcardChanged) {
      subscription.watch?.subscriptionChanged(effect);
    }
    if (this.#ordered.some((each) => each.pending || each.kept.size > 0 || each.beatAt !== undefined)) {
      this.#options.wake();
    }
  }

  /** When `next` may have something that it does not have now, without a `wake`: in the time that `next` was given. */
  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  /**
   * The next response to send, if there is one that may be sent now. It counts as sent.
   *
   * What is new goes first, in the order of a publication, and what is gone goes when there is nothing new left.
   *
   * @param now - the time in milliseconds, of a clock that never goes back
   */
  next(now: number): OutgoingResponse | undefined {
    if (this.#closed) return undefined;
    this.#dueAt = undefined;
    for (const subscription of this.#ordered) {
      if (!subscription.pending || subscription.outstanding !== undefined) continue;
      if (this.#mustWait(subscription, now)) continue;
      const response = this.#respond(subscription, this.#mustKeep(subscription, now), now);
      if (response !== undefined) return response;
    }
    for (const subscription of this.#ordered) {
      if (subscription.kept.size === 0 || subscription.outstanding !== undefined) continue;
      if (subscription.pending || subscription.moved || this.#mustKeep(subscription, now)) continue;
      const response = this.#respond(subscription, false, now);
      if (response !== undefined) return response;
    }
    for (const subscription of this.#ordered) {
      const response = subscription.beatAt === undefined ? undefined : this.#beat(subscription, now);
      if (response !== undefined) return response;
    }
    return undefined;
  }

  /** What the stream has of each type. */
  status(): SubscriptionStatus[] {
    return [...this.#subscriptions.values()].map((subscription) => ({
      typeUrl: subscription.typeUrl,
      wildcard: subscription.wildcard,
      names: subscription.names.size,
      acked: subscription.ackedVersion,
      outstanding: subscription.outstanding?.version,
      nacked: subscription.nacked,
      kept: subscription.kept.size,
    }));
  }

  /** Ends all watches. May be called more than once. */
  close(): void {
    this.#closed = true;
    for (const { watch } of this.#subscriptions.values()) watch?.close();
    this.#subscriptions.clear();
    this.#ordered = [];
  }

  #decode(message: Uint8Array): DiscoveryRequest {
    try {
      return decodeRequest(this.#options.variant, message);
    } catch (cause) {
      throw new ProtocolError("invalid_argument", "the request cannot be decoded", { cause });
    }
  }

  #typeOf({ typeUrl }: DiscoveryRequest): string {
    const own = this.#options.typeUrl;
    if (typeUrl === "") {
      if (own !== undefined) return own;
      throw new ProtocolError("invalid_argument", "a request on ADS must have a type_url");
    }
    if (own !== undefined && own !== typeUrl) {
      throw new ProtocolError("invalid_argument", `this service serves ${own} alone; use ADS for other types`);
    }
    return typeUrl;
  }

  #nodeChanged(): void {
    const { clientFeatures = [], userAgentName } = this.#identity.node!;
    // Envoy can read a ttl, and does not say so.
    const ttl = userAgentName === "envoy" || clientFeatures.includes("xds.config.supports-resource-ttl");
    this.#context = { ...this.#context, ttl };
    for (const subscription of this.#ordered) {
      // The old watch is closed last, so that a cache that would give the same view again still has it.
      const before = subscription.watch;
      subscription.moved = true;
      this.#watch(subscription);
      before?.close();
    }
  }

  #open(typeUrl: string): TypeSubscription {
    const { api, variant, limits } = this.#options;
    if (this.#subscriptions.size >= limits.maxTypes) {
      throw new ProtocolError("resource_exhausted", `a stream may ask for at most ${limits.maxTypes} types`);
    }
    const type = typesOf(api).get(typeUrl);
    const subscription = variant === "sotw"
      ? new SotwSubscription(typeUrl, type)
      : new DeltaSubscription(typeUrl, type);
    this.#subscriptions.set(typeUrl, subscription);
    this.#ordered = [...this.#ordered, subscription].sort((a, b) => {
      return this.#order.position(a.typeUrl) - this.#order.position(b.typeUrl);
    });
    return subscription;
  }

  #watch(subscription: TypeSubscription): void {
    const watcher = (view: View) => {
      if (this.#closed) return;
      subscription.see(view);
      this.#options.wake();
    };
    const request = { node: this.#identity.node!, type: subscription.typeUrl, subscription };
    subscription.watch = this.#options.cache.watch(request, watcher);
  }

  #judge(subscription: TypeSubscription, request: DiscoveryRequest): void {
    const { outstanding } = subscription;
    const verdict = subscription.judge(request);
    if (verdict === undefined) return;
    const response = outstanding!;
    const { typeUrl, version, nonce } = response;
    const { callbacks } = this.#options;
    // The client may not ask for what it would have needed for what it rejected.
    if (verdict === "nack") {
      subscription.awaited = [];
      subscription.leadsTo.clear();
    }
    this.#promise(subscription, NOTHING);
    if (verdict === "ack") callbacks.onAck?.(this.info, { typeUrl, version, nonce, response });
    else callbacks.onNack?.(this.info, { typeUrl, version, nonce, response, ...request.error! });
  }

  /** Sends again what a client that was sent these resources has forgotten, or waits for once more. */
  #resend({ type }: TypeSubscription, resources: readonly Resource[]): void {
    const resent = resentBy(type);
    const target = resent && this.#subscriptions.get(resent.typeUrl);
    if (!target) return;
    for (const name of namesOf(resources, resent.namesIn)) target.repeat(name);
  }

  /** What a newly opened subscription owes for what the client was sent of other types before. */
  #catchUpResends(target: TypeSubscription): void {
    for (const { type, names, view } of this.#ordered) {
      const resent = resentBy(type);
      if (resent?.typeUrl !== target.typeUrl || view === undefined) continue;
      for (const name of names) {
        const resource = view.get(name);
        if (resource !== undefined) {
          for (const each of readable(resource, resent.namesIn)) target.repeat(each);
        }
      }
    }
  }

  #isLegacyWildcard({ typeUrl, type }: TypeSubscription): boolean {
    return this.#options.legacyWildcard?.has(typeUrl) ?? type?.legacyWildcard ?? false;
  }

  #checkNames({ names, typeUrl }: TypeSubscription, request: DiscoveryRequest): void {
    const { maxNames, maxNameLength } = this.#options.limits;
    if (names.size > maxNames) {
      throw new ProtocolError(
        "resource_exhausted",
        `a stream may subscribe to at most ${maxNames} names of ${typeUrl}`,
      );
    }
    if (request.names.some((name) => name.length > maxNameLength)) {
      throw new ProtocolError("invalid_argument", `a resource name may have at most ${maxNameLength} characters`);
    }
  }

  #respond(subscription: TypeSubscription, keep: boolean, now: number): OutgoingResponse | undefined {
    const response = subscription.respond(this.#context, keep);
    subscription.heldSince = undefined;
    if (subscription.kept.size === 0) subscription.keptSince = undefined;
    else subscription.keptSince ??= now;
    subscription.planBeat(now, false);
    if (response === undefined) return undefined;
    this.#warm(subscription);
    this.#resend(subscription, response.resources);
    this.#lead(subscription);
    return this.#send(subscription, response, now);
  }

  /** A heartbeat, if it is time. It speaks of what the client has, so the client has to have all, and to accept it. */
  #beat(subscription: TypeSubscription, now: number): OutgoingResponse | undefined {
    const { pending, moved, outstanding, nacked, beatAt } = subscription;
    if (pending || moved || outstanding !== undefined || nacked !== undefined) return undefined;
    if (now < beatAt!) {
      this.#wakeAt(beatAt!);
      return undefined;
    }
    const response = subscription.beat(this.#context);
    subscription.planBeat(now, true);
    if (response === undefined) return undefined;
    return this.#send(subscription, response, now);
  }

  #send(subscription: TypeSubscription, response: OutgoingResponse, now: number): OutgoingResponse {
    subscription.sentAt = now;
    this.#options.callbacks.onResponse?.(this.info, response);
    return response;
  }

  /**
   * Whether changes of a type have to wait for those of another. Answers do not wait: who asks may be able to do
   * nothing before it is answered.
   */
  #mustWait(subscription: TypeSubscription, now: number): boolean {
    const { holdBackMs } = this.#options;
    if (holdBackMs === 0 || subscription.urgent || !this.#order.has(subscription.typeUrl)) return false;
    const earlier = this.#ordered.slice(0, this.#ordered.indexOf(subscription));
    const blockers = earlier.filter((other) => this.#blocks(other, subscription));
    if (blockers.length === 0) return false;
    subscription.heldSince ??= now;
    const until = subscription.heldSince + holdBackMs;
    if (now < until) {
      this.#wakeAt(until);
      return true;
    }
    // A client that never answers, or never asks for what it was expected to, is not waited for a second time.
    for (const blocker of blockers) {
      blocker.givenUp = blocker.outstanding;
      blocker.awaited = [];
    }
    // What was held back for the same reason may go as well, also what comes earlier in the order.
    this.#options.wake();
    return false;
  }

  #blocks(earlier: TypeSubscription, later: TypeSubscription): boolean {
    if (earlier.empty || earlier.view === undefined || earlier.moved) return false;
    if (earlier.changed && (earlier.outstanding === undefined || earlier.answerDue)) return true;
    return this.#order.needs(later.typeUrl, earlier.typeUrl) && (earlier.answerDue || this.#isAwaiting(earlier));
  }

  /** Whether the client has still to be sent what it needs for what it was sent of this type. */
  #isAwaiting(subscription: TypeSubscription): boolean {
    if (subscription.awaited.length > 0) subscription.awaited = this.#unmet(subscription);
    return subscription.awaited.length > 0;
  }

  #unmet({ type, awaited }: TypeSubscription): readonly string[] {
    const target = this.#subscriptions.get(warmedBy(type)!.typeUrl);
    if (target?.view === undefined) return awaited;
    const { view } = target;
    // What does not exist cannot be waited for.
    const isMet = (name: string) =>
      view.get(name) === undefined || (target.has(name) && !target.owed.has(name) && !target.owesAll);
    return awaited.some(isMet) ? awaited.filter((name) => !isMet(name)) : awaited;
  }

  /** Whether the client may still refer to what is gone of a type, so that it is not told yet. */
  #mustKeep(subscription: TypeSubscription, now: number): boolean {
    const { holdBackMs } = this.#options;
    if (holdBackMs === 0) return false;
    const few = subscription.kept.size <= MAX_KEPT;
    let since: number | undefined;
    for (const typeUrl of this.#order.referrers(subscription.typeUrl)) {
      const referrer = this.#subscriptions.get(typeUrl);
      const readiness = readinessOf(referrer);
      if (readiness === "settled") continue;
      // It goes on with what it has for as long as it rejects what would replace it; and the references are to go
      // before what they refer to.
      if (few && (readiness === "rejected" || referrer!.kept.size > 0)) return true;
      since ??= subscription.keptSince ?? now;
      // The client has its time from the moment when it was sent what replaces what is gone.
      if (few) since = Math.max(since, referrer!.sentAt, referrer!.heldSince ?? 0);
    }
    if (since === undefined && this.#isOnItsWay(subscription)) since = subscription.keptSince ?? now;
    if (since === undefined) return false;
    if (now >= since + holdBackMs) {
      // Nor is it waited for a second time, if it never asks for what it was expected to.
      subscription.awaited = [];
      for (const { leadsTo } of this.#ordered) leadsTo.clear();
      return false;
    }
    if (subscription.kept.size > 0) this.#wakeAt(since + holdBackMs);
    return true;
  }

  /**
   * Whether a client that names what it wants has still to ask for some of it, and be sent it, before it can use what
   * it was sent. A gRPC client learns of routes by its listener, of clusters by its routes and of endpoints by its
   * clusters, and goes on with those that it had until it has all of the new ones.
   */
  #isOnItsWay(subscription: TypeSubscription): boolean {
    const { typeUrl, wildcard, type } = subscription;
    const leaders = this.#ordered.filter((other) =>
      other.leadsTo.size > 0 && this.#order.refers(other.typeUrl, typeUrl)
    );
    if (leaders.some((leader) => this.#isLeading(leader))) return true;
    const warms = warmedBy(type);
    const warming = warms && this.#subscriptions.get(warms.typeUrl);
    if (wildcard || warming === undefined) return false;
    return warming.answerDue || this.#isAwaiting(subscription);
  }

  #isLeading({ leadsTo }: TypeSubscription): boolean {
    for (const [typeUrl, names] of leadsTo) {
      const target = this.#subscriptions.get(typeUrl)!;
      const open = names.filter((name) => target.view?.get(name) !== undefined && isOpen(target, name));
      if (open.length > 0) leadsTo.set(typeUrl, open);
      else leadsTo.delete(typeUrl);
    }
    return leadsTo.size > 0;
  }

  /** Notes what the client has to ask for next. */
  #lead(subscription: TypeSubscription): void {
    const { type, news, leadsTo } = subscription;
    if (news.length === 0 || this.#options.holdBackMs === 0) return;
    // Names that are gone by now would pile up.
    if (leadsTo.size > 0) this.#isLeading(subscription);
    const warms = warmedBy(type);
    for (const { typeUrl, namesIn, resends } of type?.references ?? []) {
      if (resends) continue;
      const target = this.#subscriptions.get(typeUrl);
      if (target === undefined || target.wildcard || typeUrl === warms?.typeUrl) continue;
      const names = namesOf(news, namesIn).filter((name) => isOpen(target, name));
      if (names.length > 0) leadsTo.set(typeUrl, [...new Set([...leadsTo.get(typeUrl) ?? [], ...names])]);
    }
  }

  #wakeAt(time: number): void {
    if (this.#dueAt === undefined || time < this.#dueAt) this.#dueAt = time;
  }

  /**
   * A client that was sent a cluster waits for its endpoints before it uses it, also where these have not changed, so
   * they are sent again; and what refers to the cluster waits until it was sent them.
   */
  #warm(subscription: TypeSubscription): void {
    const { type, news } = subscription;
    const warms = warmedBy(type);
    if (!warms || news.length === 0) return;
    const { typeUrl, namesIn } = warms;
    const target = this.#subscriptions.get(typeUrl);
    const names = namesOf(news, namesIn);
    if (target?.view !== undefined) this.#promise(subscription, promisedBy(news, names, target.view));
    if (target !== undefined) { for (const name of names) target.repeat(name); }
    // What was awaited already is looked at when something waits for it, not with each response.
    if (subscription.awaited.length === 0) subscription.awaited = names;
    else if (!includesAll(subscription.awaited, names)) {
      subscription.awaited = this.#isAwaiting(subscription) ? union(subscription.awaited, names) : names;
    }
  }

  /**
   * What goes with a response is the client's to ask for until it has answered the response. An Envoy that does not get
   * the endpoints of a cluster answers nothing about clusters until it gives up waiting; and in SotW there is no way to
   * tell it that they are gone.
   */
  #promise({ type }: TypeSubscription, resources: ReadonlyMap<string, Resource>): void {
    const warms = warmedBy(type);
    const target = warms && this.#subscriptions.get(warms.typeUrl);
    if (target) target.promised = resources;
  }
}

const NOTHING: ReadonlyMap<string, Resource> = new Map();

/**
 * How many removals of a type wait for a client that rejects what would replace them, or is always behind. More of them
 * wait no longer than `holdBackMs`, so that a client cannot make a stream grow.
 */
const MAX_KEPT = 1_000;

/** Whether the client has not asked for it yet, or was not sent it. */
function isOpen(target: TypeSubscription, name: string): boolean {
  return !target.has(name) || target.owed.has(name) || target.owesAll;
}

function warmedBy(type: ResourceType | undefined): Reference | undefined {
  return type?.references?.find(({ warms }) => warms);
}

function resentBy(type: ResourceType | undefined): Reference | undefined {
  return type?.references?.find(({ resends }) => resends);
}

const tables = new WeakMap<ApiTable, ReadonlyMap<string, ResourceType>>();

function typesOf(api: ApiTable): ReadonlyMap<string, ResourceType> {
  let types = tables.get(api);
  if (types === undefined) tables.set(api, types = new Map(api.types.map((type) => [type.typeUrl, type])));
  return types;
}
