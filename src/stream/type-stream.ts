import type { Cache, Node, View } from "../cache/mod.ts";
import { normalName, type ResourceType } from "../resource/mod.ts";
import { ClientNames } from "./client-names.ts";
import { ClientState } from "./client-state.ts";
import { Delivery } from "./delivery.ts";
import { type Acknowledgement, Exchange } from "./exchange.ts";
import { Isolation } from "./isolation/isolation.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import type { TypeProgress } from "./sequencing/type-progress.ts";
import { isChange, Subscription, type SubscriptionUpdate } from "./subscription.ts";
import type { StreamContext, TypeStreamOptions, TypeUpdate, UpdateInput } from "./type-update.ts";
import { variantFor } from "./variants/variant-for.ts";
import type { TypeVariant } from "./variants/variant.ts";
import { type ViewEvents, WatchedView } from "./watched-view.ts";

/**
 * One type on one stream: it composes what the client has subscribed to, what it is known to hold, the response in
 * flight and the heartbeat, each the only writer of its own state, and reads them by the variant of the type.
 *
 * Invariant: nothing is sent of a view that the client's group has left.
 */
export class TypeStream implements TypeProgress, ViewEvents {
  readonly typeUrl: string;
  readonly type: ResourceType | undefined;
  readonly subscription: Subscription;
  readonly exchange = new Exchange();
  readonly client = new ClientState();
  readonly watched: WatchedView;
  /** Undefined where what the client rejects is not isolated: names that are aliases say nothing of resources. */
  readonly isolation: Isolation | undefined;
  readonly #variant: TypeVariant;
  readonly #names: ClientNames;
  readonly #delivery: Delivery;
  readonly #onView: () => void;
  #deliveryRevision = 0;
  /** What the client rejected last is kept from it, and is not the whole response. */
  #isIsolated = false;
  /** The client came with versions of an earlier stream: it has something to use meanwhile. */
  #isReturning: boolean | undefined = undefined;

  constructor(typeUrl: string, { type, protocol, isolation, onView, onFault }: TypeStreamOptions) {
    const { fullState } = this.#variant = variantFor(protocol, type);
    const isIsolated = isolation !== undefined && type?.aliases === undefined;
    this.isolation = isIsolated ? new Isolation(isolation, { typeUrl, fullState, client: this.client }) : undefined;
    this.typeUrl = typeUrl;
    this.type = type;
    this.subscription = new Subscription(this.#variant.collectionFor);
    this.#names = new ClientNames(this.#variant.hasOpaqueNames);
    this.watched = new WatchedView(this, onFault);
    this.#onView = onView;
    this.#delivery = new Delivery(this, this.#variant, this.#names);
  }

  get isPending(): boolean {
    const { view, hasMoved, hasChanged } = this.watched;
    return view !== undefined && !hasMoved && (hasChanged || !this.client.pending.isEmpty);
  }

  /** Whether the last response is neither ACKed nor NACKed. */
  get isInFlight(): boolean {
    return this.exchange.inFlight !== undefined;
  }

  get isUrgent(): boolean {
    const { pending } = this.client;
    if (pending.isEmpty || this.isReturning) return false;
    // A part of a rejected response is requested, but not by the client.
    return pending.all || pending.everyCollection || pending.names.size > (this.isolation?.requestCount ?? 0);
  }

  get isReturning(): boolean {
    return this.#isReturning === true && this.client.position === undefined;
  }

  get isRejecting(): boolean {
    return (this.exchange.nack !== undefined && !this.#isIsolated) || (this.isolation?.isHolding ?? false);
  }

  get withheldCount(): number {
    return this.client.withheld.size;
  }

  get heldVersions(): number {
    return this.client.held.size;
  }

  get deliveryRevision(): number {
    return this.#deliveryRevision;
  }

  /** When the next heartbeat is due; undefined where none may be sent before something else happens. */
  get heartbeatAt(): number | undefined {
    // It says that what the client holds continues to exist, so the client has to hold all, and to have ACKed it.
    const isAcked = !this.isInFlight && (this.exchange.nack === undefined || this.isolation?.isHolding);
    const isInSync = isAcked && !this.isPending && !this.watched.hasMoved;
    return isInSync ? this.#delivery.heartbeat.dueAt : undefined;
  }

  /** Whether a heartbeat is planned, though it may have to wait. */
  get hasHeartbeat(): boolean {
    return this.#delivery.heartbeat.dueAt !== undefined;
  }

  matches(name: string): boolean {
    return this.#variant.matches(name, this);
  }

  isDelivered(name: string): boolean {
    const { all, names } = this.client.pending;
    return !all && !names.has(name) && this.matches(name);
  }

  requestAgain(name: string): void {
    if (!this.#variant.isRequestable(name, this)) return;
    this.client.request(name);
    this.#deliveryRevision++;
  }

  /** Opens a watch for the client; the one before is closed. */
  watch(cache: Cache, node: Node): void {
    this.watched.open(cache, { node, type: this.typeUrl, subscription: this.subscription });
  }

  /** The cache gives another view: its positions mean something else. */
  viewReplaced(from: View): void {
    const { wildcard, names } = this.subscription;
    const hasVersions = this.#variant.protocol === "delta";
    this.client.rebase(hasVersions ? from : undefined, { wildcard, names, matches: (name) => this.matches(name) });
    this.isolation?.rebased();
  }

  viewChanged(): void {
    this.client.loaded();
    this.#deliveryRevision++;
    this.#onView();
  }

  /** Applies what a request says of the response in flight. */
  acknowledge(request: DiscoveryRequest): Acknowledgement | undefined {
    const acknowledgement = this.exchange.acknowledge(request);
    if (acknowledgement === undefined) return undefined;
    const { outcome, response } = acknowledgement;
    if (outcome === "ack") {
      this.client.acked(response);
      this.isolation?.acked(response, this.watched.view!);
    } else if (response.heartbeat) this.#renew(response);
    else this.#reject(response, request);
    return acknowledgement;
  }

  /** Applies the names of a request. */
  subscribe(request: DiscoveryRequest, legacyWildcard: boolean): SubscriptionUpdate {
    const isFirst = this.#isReturning === undefined;
    if (isFirst) this.#isReturning = request.versionInfo !== "" || request.initialVersions.size > 0;
    const { subscription, client } = this;
    const target = { subscription, client, names: this.#names, view: this.watched.view, isFirst, legacyWildcard };
    this.#deliveryRevision++;
    const update = this.#variant.applyRequest(request, target);
    if (isFirst || isChange(update)) this.isolation?.subscribed(update, isFirst, this);
    return update;
  }

  /**
   * Brings the client in sync with the view.
   *
   * @returns undefined if it is in sync without a response
   */
  update(input: UpdateInput): TypeUpdate | undefined {
    this.#deliveryRevision++;
    return this.#delivery.update(input);
  }

  /** Says that what has a ttl continues to exist; undefined if nothing has one any more. */
  heartbeat(now: number, context: StreamContext): OutgoingResponse | undefined {
    return this.#delivery.nextHeartbeat(now, context);
  }

  /**
   * The client has not received a heartbeat in time, and has let the resources expire; or it cannot read heartbeats, so
   * it receives no more of those without content.
   */
  #renew({ resources }: OutgoingResponse): void {
    this.#delivery.heartbeat.addContent();
    for (const { name } of resources) {
      const normal = normalName(name);
      if (this.matches(normal)) this.client.request(normal);
    }
    this.#deliveryRevision++;
  }

  #reject(response: OutgoingResponse, { error }: DiscoveryRequest): void {
    const { sentAt } = this.exchange;
    const rejection = { view: this.watched.view!, reason: error!, sentAt };
    this.#isIsolated = this.isolation?.nacked(response, rejection) ?? false;
    if (!this.#isIsolated && !this.#variant.fullState) this.client.nacked(response);
  }
}
