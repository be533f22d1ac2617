import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache, View } from "../cache/mod.ts";
import type { ApiTable, ResourceType } from "../resource/mod.ts";
import { DeltaSubscription } from "./delta-subscription.ts";
import type { StreamLimits } from "./limits.ts";
import { NodeIdentity } from "./node-identity.ts";
import { ProtocolError } from "./protocol-error.ts";
import { decodeRequest, type DiscoveryRequest, type Variant } from "./request.ts";
import type { OutgoingResponse, ResponseFactory } from "./response.ts";
import { SotwSubscription } from "./sotw-subscription.ts";
import type { SubscriptionContext, TypeSubscription } from "./subscription.ts";

/** A stream, as it is shown to callbacks and in the status. */
export interface StreamInfo {
  /** Unique within the server. */
  readonly id: number;
  readonly variant: Variant;
  /** The type that the service serves; undefined on ADS. */
  readonly typeUrl: string | undefined;
  /** The client, without its list of extensions; undefined before the first request. */
  readonly node: Node | undefined;
  /** The client's address, where the transport knows it. */
  readonly peer: string | undefined;
}

/** The client has accepted a response, or rejected it. */
export interface AckInfo {
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  /** The response in question. */
  readonly response: OutgoingResponse;
}

/** The client has rejected a response. */
export interface NackInfo extends AckInfo {
  /** The code of `error_detail`; clients differ in what they put there. */
  readonly code: number;
  /** The client's reason, cut off at 4,096 characters. */
  readonly message: string;
}

/** What can be observed of the streams. They are called synchronously; what they throw is the server's to handle. */
export interface StreamCallbacks {
  /** A request has arrived; nothing has been done about it. */
  onRequest?(stream: StreamInfo, request: DiscoveryRequest): void;
  /** A response is about to be sent. */
  onResponse?(stream: StreamInfo, response: OutgoingResponse): void;
  /** The client has accepted a response. That it also works with it is more than xDS can say. */
  onAck?(stream: StreamInfo, ack: AckInfo): void;
  /** The client has rejected a response. It is not sent again before its content changes. */
  onNack?(stream: StreamInfo, nack: NackInfo): void;
}

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
  /** The types of which a first request without names asks for everything. Default: as the table says. */
  readonly legacyWildcard?: ReadonlySet<string> | undefined;
  /** Called whenever `next` may have something new, also from within `receive`, and more often than needed. */
  readonly wake: () => void;
}

/** What a stream has of one type. */
export interface SubscriptionStatus {
  readonly typeUrl: string;
  readonly wildcard: boolean;
  readonly names: number;
  /** The version that the client accepted last. */
  readonly acked: string | undefined;
  /** The version that the client has not answered yet. */
  readonly outstanding: string | undefined;
  /** What the client rejected last, unless it has accepted something since. */
  readonly nacked: { readonly version: string; readonly message: string } | undefined;
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
  readonly #subscriptions = new Map<string, TypeSubscription>();
  /** In the order in which one publication goes out. */
  #ordered: TypeSubscription[] = [];
  #context: SubscriptionContext;
  #closed = false;

  constructor(options: DiscoveryStreamOptions) {
    this.#options = options;
    this.#identity = new NodeIdentity(options.api.node);
    this.#context = { responses: options.responses, wrapTtl: false };
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
    if (known === undefined) this.#watch(subscription);
    else if (effect.added.length > 0 || effect.removed.length > 0 || effect.wildcardChanged) {
      subscription.watch?.subscriptionChanged(effect);
    }
    if (this.#ordered.some((each) => each.pending)) this.#options.wake();
  }

  /** The next response to send, if there is one that may be sent now. It counts as sent. */
  next(): OutgoingResponse | undefined {
    if (this.#closed) return undefined;
    let held = false;
    for (const subscription of this.#ordered) {
      if (!subscription.pending) continue;
      const ordered = subscription.type?.order !== undefined;
      if (subscription.outstanding !== undefined) {
        held ||= ordered && subscription.changed;
        continue;
      }
      // Clusters that are not sent yet hold back the routes that were published with them, but no answer to a question.
      if (held && ordered && !subscription.owes) continue;
      const response = subscription.respond(this.#context);
      if (response === undefined) continue;
      this.#warm(subscription);
      this.#options.callbacks.onResponse?.(this.info, response);
      return response;
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
    const wrapTtl = userAgentName === "envoy" || clientFeatures.includes("xds.config.resource-in-sotw") ||
      clientFeatures.includes("xds.config.supports-resource-ttl");
    this.#context = { ...this.#context, wrapTtl };
    for (const subscription of this.#ordered) {
      // The old watch is closed last, so that a cache that would give the same view again still has it.
      const before = subscription.watch;
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
    this.#ordered = [...this.#ordered, subscription].sort((a, b) => orderOf(a) - orderOf(b));
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
    if (verdict === "ack") callbacks.onAck?.(this.info, { typeUrl, version, nonce, response });
    else callbacks.onNack?.(this.info, { typeUrl, version, nonce, response, ...request.error! });
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

  /**
   * A client that was sent a cluster waits for its endpoints before it uses it, also where these have not changed, so
   * they are sent again.
   */
  #warm({ type, news }: TypeSubscription): void {
    const target = type?.warms && this.#subscriptions.get(type.warms.typeUrl);
    if (!target?.told) return;
    for (const resource of news) {
      for (const name of type!.warms!.namesIn(resource)) if (target.names.has(name)) target.owed.add(name);
    }
  }
}

const tables = new WeakMap<ApiTable, ReadonlyMap<string, ResourceType>>();

function typesOf(api: ApiTable): ReadonlyMap<string, ResourceType> {
  let types = tables.get(api);
  if (types === undefined) tables.set(api, types = new Map(api.types.map((type) => [type.typeUrl, type])));
  return types;
}

function orderOf({ type }: TypeSubscription): number {
  return type?.order ?? Number.MAX_SAFE_INTEGER;
}
