import { type AccessQuery, addedAccess, presentAccess } from "./access.ts";
import { acknowledge, type AcknowledgeContext } from "./acknowledge.ts";
import { closeWatches } from "./close-watches.ts";
import { Decisions } from "./decisions.ts";
import type { FleetContent } from "./isolation/fleet-content.ts";
import { StreamIsolation } from "./isolation/stream-isolation.ts";
import { HeldAccount, HeldBytes } from "./held-bytes.ts";
import { NodeIdentity } from "./node-identity.ts";
import { isLegacyWildcard, openType } from "./open-type.ts";
import { readRequest } from "./read-request.ts";
import type { DiscoveryRequest } from "./request.ts";
import { resendTargets, resendToNew, resendToWarming } from "./resend.ts";
import type { OutgoingResponse } from "./response.ts";
import { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import { PublicationOrder } from "./sequencing/publication-order.ts";
import { statusOf } from "./status.ts";
import type { StreamInfo, SubscriptionStatus } from "./stream-callbacks.ts";
import type { DiscoveryStreamOptions } from "./stream-options.ts";
import { isChange } from "./subscription.ts";
import type { TypeStream } from "./type-stream.ts";
import type { TypeUpdate } from "./type-update.ts";
import { Updates } from "./updates.ts";

/**
 * The protocol of one stream, without any I/O, timer or promise: requests go in by `receive`, responses come out by
 * `next`, and `wake` says when to ask. `README.md` in this folder has the map.
 *
 * Invariant: of each type at most one response is in flight. Changes of meanwhile are sent together afterwards, as they
 * are then.
 */
export class DiscoveryStream {
  readonly #options: DiscoveryStreamOptions;
  readonly #identity: NodeIdentity;
  /** The types that the client has requested, and what they wait for; to be read. */
  readonly sequencer: AdsSequencer<TypeStream>;
  readonly #sequencer: AdsSequencer<TypeStream>;
  readonly #decisions: Decisions;
  readonly #updates: Updates;
  readonly #account: HeldAccount;
  /** Undefined where a response is rejected as a whole. */
  readonly isolation: StreamIsolation | undefined;
  readonly #acknowledging: AcknowledgeContext;
  readonly #onView: () => void;
  #hasNewNode = false;
  #isClosed = false;

  constructor(options: DiscoveryStreamOptions) {
    this.#options = options;
    // A stream of one type has nothing to wait for.
    const holdBackMs = options.typeUrl === undefined ? options.holdBackMs : 0;
    this.sequencer = this.#sequencer = new AdsSequencer(PublicationOrder.of(options.api), holdBackMs);
    this.#identity = new NodeIdentity(options.api.node, options.limits);
    this.#account = new HeldAccount(options.held ?? new HeldBytes(Infinity), options.limits);
    this.#decisions = new Decisions(options.trace);
    const { callbacks } = options;
    this.#acknowledging = { callbacks, sequencer: this.#sequencer, decisions: this.#decisions, stream: this };
    this.#updates = new Updates(this.#sequencer, this.#decisions, { responses: options.responses, ttl: false });
    this.#onView = () => void (this.#isClosed || options.wake());
    this.isolation = options.fleet && this.#isolate(options.fleet);
  }

  get info(): StreamInfo {
    const { id, variant, typeUrl, peer, certificate } = this.#options;
    return { id, variant, typeUrl, peer, certificate, node: this.#identity.node };
  }

  /**
   * Takes in one request: {@link read} and {@link take}, between which the server may have to wait.
   *
   * @param message - the encoded `DiscoveryRequest` or `DeltaDiscoveryRequest`. It is not kept.
   * @throws ProtocolError if the stream has to be ended; what a callback throws is passed on
   */
  receive(message: Uint8Array): void {
    if (!this.#isClosed) this.take(this.read(message));
  }

  /** Decodes a request and notes its node, which changes nothing yet. @throws ProtocolError as {@link receive} */
  read(message: Uint8Array): DiscoveryRequest {
    const request = readRequest(message, this.#options);
    if (this.#identity.update(request.node)) this.#hasNewNode = true;
    return request;
  }

  /** What a request that was read adds to the access of the client, after a change of the node with all that it had. */
  addedAccess(request: DiscoveryRequest): readonly AccessQuery[] | undefined {
    const { typeUrl } = request;
    const known = this.#sequencer.byUrl.get(typeUrl);
    const added = addedAccess(request, known, isLegacyWildcard(typeUrl, this.#options));
    return this.#hasNewNode ? [...this.presentAccess(), ...added ?? []] : added;
  }

  /** The access that the client has, by type. */
  presentAccess(): AccessQuery[] {
    return presentAccess(this.#sequencer.types);
  }

  /** Applies a request that was read. @throws ProtocolError as {@link receive} */
  take(request: DiscoveryRequest): void {
    if (this.#isClosed) return;
    if (this.#hasNewNode) this.#nodeChanged();
    this.#options.callbacks.onRequest?.(this.info, request);
    if (this.#isClosed) return;
    const { typeUrl } = request;
    const known = this.#sequencer.byUrl.get(typeUrl);
    const type = known ?? this.#open(typeUrl);
    this.#decisions.request(type, request);
    acknowledge(type, request, this.#acknowledging);
    if (this.#isClosed) return;
    const update = type.subscribe(request, isLegacyWildcard(typeUrl, this.#options));
    this.isolation?.report();
    this.#account.update(this.#identity.bytes, this.#sequencer.types);
    if (known === undefined) {
      resendToNew(type, this.#sequencer.byUrl);
      if (this.#options.typeUrl === undefined) resendToWarming(type, this.#sequencer.byUrl, this.#options.api);
      type.watch(this.#options.cache, this.#identity.node!);
    } else if (isChange(update)) type.watched.subscriptionChanged(update);
    if (this.#sequencer.types.some((each) => each.isPending || each.withheldCount > 0 || each.hasHeartbeat)) {
      this.#options.wake();
    }
  }

  /** When `next` may have a response that it does not have now, without a `wake`: in the time that `next` was given. */
  get dueAt(): number | undefined {
    return this.#updates.dueAt;
  }

  /**
   * The next response that may be sent now; it counts as sent. Updates come first, in the order of a publication; then
   * withheld removals, of types without an update; then heartbeats.
   *
   * @param now - the time in milliseconds, of a clock that never goes back
   */
  next(now: number): OutgoingResponse | undefined {
    const response = this.#isClosed ? undefined : this.#next(now);
    this.isolation?.report();
    return response;
  }

  #next(now: number): OutgoingResponse | undefined {
    this.#updates.expire(now);
    this.isolation?.recheck();
    for (const type of this.#sequencer.types) {
      const update = type.isPending && !type.isInFlight ? this.#updates.update(type, now) : undefined;
      if (update !== undefined) return this.#sent(type, update, now);
    }
    for (const type of this.#sequencer.types) {
      const mayRelease = type.withheldCount > 0 && !type.isInFlight && !type.isPending && !type.watched.hasMoved;
      const update = mayRelease ? this.#updates.removals(type, now) : undefined;
      if (update !== undefined) return this.#sent(type, update, now);
    }
    for (const type of this.#sequencer.types) {
      const response = type.heartbeatAt === undefined ? undefined : this.#updates.heartbeat(type, now);
      if (response === undefined) continue;
      this.#options.callbacks.onResponse?.(this.info, response);
      return response;
    }
    return undefined;
  }

  /** The state of each type. @param now - the time in milliseconds, of the clock that `next` was given */
  status(now: number): SubscriptionStatus[] {
    return [...this.#sequencer.byUrl.values()].map((type) => statusOf(type, this.#sequencer, now));
  }

  /** Ends all watches. May be called more than once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#account.release();
    this.isolation?.leave();
    closeWatches(this.#sequencer.types, this.#options.onFault);
  }

  #nodeChanged(): void {
    this.#hasNewNode = false;
    this.#updates.context = { responses: this.#options.responses, ttl: this.#identity.canReadTtl };
    for (const type of this.#sequencer.types) type.watch(this.#options.cache, this.#identity.node!);
  }

  #open(typeUrl: string): TypeStream {
    const count = this.#sequencer.types.length;
    return this.#sequencer.add(
      openType(typeUrl, { ...this.#options, count, isolation: this.isolation, onView: this.#onView }),
    );
  }

  #isolate(fleet: FleetContent): StreamIsolation {
    const { callbacks } = this.#options;
    const [decisions, sequencer] = [this.#decisions, this.#sequencer];
    return new StreamIsolation({ fleet, decisions, callbacks, sequencer, info: () => this.info, wake: this.#onView });
  }

  #sent(type: TypeStream, { response, changed }: TypeUpdate, now: number): OutgoingResponse {
    resendTargets(type, response.resources, this.#sequencer.byUrl);
    this.#sequencer.sent(type, { serial: response.serial, changed }, now);
    this.#decisions.sent(response);
    this.#options.callbacks.onResponse?.(this.info, response);
    return response;
  }
}
