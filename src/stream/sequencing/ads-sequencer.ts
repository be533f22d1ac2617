import type { Resource } from "../../resource/mod.ts";
import { namesOf, warmedBy } from "../referenced-names.ts";
import { BlockedTypes } from "./blocked-types.ts";
import { Dependencies } from "./dependencies.ts";
import { type Blocker, OPEN, type RemovalGate } from "./gates.ts";
import { pinnedBy } from "./pins.ts";
import type { PublicationOrder } from "./publication-order.ts";
import { RemovalGates } from "./removal-gates.ts";
import type { TypeProgress } from "./type-progress.ts";

/** A response that was sent, with the resources in it that are new or changed for the client. */
export interface SentChanges {
  readonly serial: number;
  readonly changed: readonly Resource[];
}

/**
 * Make-before-break across the types of one stream: events go in, and gates say what may be sent. Its questions change
 * nothing; all waiting that ends by time ends in `expire`.
 *
 * Invariant: a type is blocked at most `holdBackMs` from when it was first blocked, then it is released until it is
 * sent; `types` is in the order of a publication.
 */
export class AdsSequencer<Type extends TypeProgress = TypeProgress> {
  readonly #order: PublicationOrder;
  readonly #holdBackMs: number;
  readonly #dependencies: Dependencies;
  readonly #byUrl = new Map<string, Type>();
  #types: readonly Type[] = [];
  readonly #blocked: BlockedTypes;
  readonly #removals: RemovalGates;
  /** By the type that they are pinned in. */
  #pins: Map<string, ReadonlyMap<string, Resource>> | undefined = undefined;

  /** @param holdBackMs - how long a type waits for another, in milliseconds; 0: none waits */
  constructor(order: PublicationOrder, holdBackMs: number) {
    this.#order = order;
    this.#holdBackMs = holdBackMs;
    this.#dependencies = new Dependencies(holdBackMs);
    this.#blocked = new BlockedTypes(holdBackMs);
    this.#removals = new RemovalGates({
      order,
      holdBackMs,
      types: this.#byUrl,
      blocked: this.#blocked,
      dependencies: this.#dependencies,
    });
  }

  /** When waiting ends by time, if it does not end otherwise; Infinity if nothing waits. */
  get dueAt(): number {
    return Math.min(this.#dependencies.nextExpiry, this.#blocked.nextRelease);
  }

  /** The types in the order of a publication. */
  get types(): readonly Type[] {
    return this.#types;
  }

  /** The types by their URL, in the order in which they were added. */
  get byUrl(): ReadonlyMap<string, Type> {
    return this.#byUrl;
  }

  /** Adds a type that the client has subscribed to. */
  add(type: Type): Type {
    this.#byUrl.set(type.typeUrl, type);
    this.#types = [...this.#byUrl.values()].sort((a, b) => {
      return this.#order.position(a.typeUrl) - this.#order.position(b.typeUrl);
    });
    return type;
  }

  /** Ends the waiting whose time is over. It is called before gates are asked, and nothing else ends waiting by time. */
  expire(now: number): void {
    this.#dependencies.prune(this.#byUrl, now);
    for (const typeUrl of this.#blocked.typeUrls) {
      const type = this.#byUrl.get(typeUrl)!;
      if (!type.isPending) this.#blocked.end(typeUrl);
      else if (this.#blocked.release(typeUrl, now)) this.#giveUp(this.#blockersOf(type));
    }
  }

  /**
   * Whether changes of a type may be sent. A type with requested names does not wait: the client may be able to do
   * nothing before it receives them. One that returns from an earlier stream has something to use, and waits.
   *
   * @returns what they wait for; undefined if they may be sent
   */
  updateGate(type: TypeProgress): Blocker | undefined {
    if (this.#holdBackMs === 0 || type.isUrgent || !this.#order.has(type.typeUrl)) return undefined;
    if (this.#blocked.isReleased(type.typeUrl)) return undefined;
    for (const earlier of this.#types) {
      if (earlier === type) return undefined;
      const reason = this.#blocks(earlier, type);
      if (reason !== undefined) return { typeUrl: earlier.typeUrl, reason };
    }
    return undefined;
  }

  /** A type is blocked, since its gate is closed. @returns whether it was not blocked before */
  block(typeUrl: string, now: number): boolean {
    return this.#blocked.begin(typeUrl, now);
  }

  /** How long a blocked type waits at most, in the time that the stream is given; undefined if it is not blocked. */
  blockedUntil(typeUrl: string): number | undefined {
    const since = this.#blocked.since(typeUrl);
    return since === undefined ? undefined : since + this.#holdBackMs;
  }

  /** Which removals of a type may be sent: those of resources that the client no longer uses, as far as it is known. */
  removalGate(type: TypeProgress): RemovalGate {
    return this.#holdBackMs === 0 ? OPEN : this.#removals.gateOf(type);
  }

  /** The resources of a type that may be requested although they were removed. */
  pinned(typeUrl: string): ReadonlyMap<string, Resource> {
    return this.#pins?.get(typeUrl) ?? NONE_PINNED;
  }

  /** A type was brought in sync with its view, with a response or without one. @returns whether it was blocked */
  synced({ typeUrl }: TypeProgress): boolean {
    return this.#blocked.end(typeUrl);
  }

  /**
   * A response was sent. A client that was sent a cluster waits for its endpoints before it uses it, also where these
   * have not changed, so they are sent again; and what refers to the cluster waits until they were sent.
   */
  sent({ typeUrl, type }: TypeProgress, { serial, changed }: SentChanges, now: number): void {
    const warmed = warmedBy(type)?.typeUrl;
    for (const reference of type?.references ?? []) {
      if (changed.length === 0 || reference.resends || (!reference.warms && reference.typeUrl === warmed)) continue;
      const target = this.#byUrl.get(reference.typeUrl);
      let names = namesOf(changed, reference.namesIn);
      const { warms = false } = reference;
      if (warms) this.#warm(target, { serial, changed }, names);
      else if (target === undefined || target.subscription.wildcard) continue;
      else names = names.filter((name) => !target.isDelivered(name));
      if (this.#holdBackMs === 0) continue;
      this.#dependencies.add({ source: typeUrl, target: reference.typeUrl, warms, names, serial, now });
    }
  }

  acked({ type }: TypeProgress): void {
    this.#unpin(type);
  }

  /** The client may not subscribe to what it needs for a response that it rejects. @param applied - what it says it has */
  nacked({ typeUrl, type }: TypeProgress, serial: number, applied: readonly Resource[] = []): void {
    this.#unpin(type);
    this.#dependencies.dropResponse(typeUrl, serial);
    const reference = warmedBy(type);
    const warming = this.#byUrl.get(reference?.typeUrl ?? "")?.isolation?.warming;
    warming?.notNeeded(serial, new Set(namesOf(applied, reference!.namesIn)));
  }

  /** A client that never ACKs, or never subscribes to what it needs, is not waited for a second time. */
  #giveUp(blockers: readonly TypeProgress[]): void {
    for (const { typeUrl, exchange } of blockers) {
      exchange.markOverdue();
      this.#dependencies.dropWarming(typeUrl);
    }
  }

  #warm(target: TypeProgress | undefined, { serial, changed }: SentChanges, names: readonly string[]): void {
    if (target === undefined) return;
    const { typeUrl, watched: { view }, isolation } = target;
    if (view !== undefined) (this.#pins ??= new Map()).set(typeUrl, pinnedBy(changed, names, view));
    isolation?.warming.needed(names, serial);
    for (const name of names) target.requestAgain(name);
  }

  #unpin(type: TypeProgress["type"]): void {
    const warms = warmedBy(type);
    if (warms !== undefined) this.#pins?.delete(warms.typeUrl);
  }

  #blockersOf(type: TypeProgress): readonly TypeProgress[] {
    const earlier = this.#types.slice(0, this.#types.findIndex((each) => each === type));
    return earlier.filter((each) => this.#blocks(each, type) !== undefined);
  }

  /** Why a type that is earlier in the order blocks a later one; undefined if it does not. */
  #blocks(earlier: TypeProgress, later: TypeProgress): Blocker["reason"] | undefined {
    const { subscription, watched, exchange } = earlier;
    if (subscription.isEmpty || watched.view === undefined || watched.hasMoved) return undefined;
    // Of a client that returns, only what warms the response in flight may go along: there is no ACK without it.
    const warms = later.isReturning && warmedBy(earlier.type)?.typeUrl === later.typeUrl;
    if (watched.hasChanged && exchange.blocksOthers && !warms) return "ack";
    if (watched.hasChanged && exchange.inFlight === undefined) return "unsent";
    if (!this.#order.needs(later.typeUrl, earlier.typeUrl)) return undefined;
    if (exchange.blocksOthers) return "ack";
    return this.#dependencies.isWarming(earlier.typeUrl) ? "dependencies" : undefined;
  }
}

const NONE_PINNED: ReadonlyMap<string, Resource> = new Map();
