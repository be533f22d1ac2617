import { create } from "@bufbuild/protobuf";
import { type Node, NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache } from "../cache/mod.ts";
import { type ApiTable, collectionOf, isGlob, type Resource } from "../resource/mod.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  FleetContent,
  type OutgoingResponse,
  ProtocolError,
  ResponseFactory,
  type StreamCallbacks,
  type SubscriptionStatus,
  type Variant,
} from "../stream/mod.ts";
import { encodeRequest, type FakeRequest, type NodeInit } from "./fake-request.ts";

/** How a fake client is set up. */
export interface FakeClientOptions {
  /** The cache that its stream reads. */
  readonly cache: Cache;
  /** The table of the API, such as `v3` of `ts-control-plane/v3`. */
  readonly api: ApiTable;
  /** The variant of the protocol. */
  readonly variant: Variant;
  /** The node in the first request of each stream. Default: a node with the id `node`. */
  readonly node?: NodeInit;
  /** The type URL of the service that it is connected to. Default: ADS. */
  readonly typeUrl?: string | undefined;
  /** Callbacks as a server has them. Default: none. */
  readonly callbacks?: StreamCallbacks;
  /** `holdBackMs` of a server, in milliseconds on the client's own clock. Default: 15000. */
  readonly holdBackMs?: number | undefined;
  /** Whether what it rejects is isolated, as `isolate` of a server. Default: false. */
  readonly isolate?: boolean | undefined;
  /** Called when `next` may return a response, and more often than that. Default: nothing is called. */
  readonly onWake?: () => void;
}

/**
 * An xDS client on one stream of the real protocol, without any network, promise or timer: time passes by `wait`. The
 * test subscribes, takes responses one by one, and ACKs or NACKs each of them at any later time.
 *
 * A cache that publishes synchronously can be read right after it has published; for others see `onWake`.
 *
 * Invariant: `resources` are the responses that were ACKed, applied in order, as far as the names are subscribed.
 */
export class FakeClient {
  readonly #options: FakeClientOptions;
  readonly #node: Node;
  readonly #responses = new ResponseFactory({ identifier: "fake" });
  readonly #types = new Map<string, TypeState>();
  #stream: DiscoveryStream;
  #streams = 0;
  /** Whether the node was sent on this stream. */
  #introduced = false;
  #ended: ProtocolError | undefined = undefined;
  #now = 0;

  /** Opens the stream; nothing is sent before `subscribe`. */
  constructor(options: FakeClientOptions) {
    this.#options = options;
    this.#node = create(NodeSchema, options.node ?? { id: "node" });
    this.#stream = this.#connect();
  }

  /** The error with which the server ended the stream; undefined as long as it is open. */
  get ended(): ProtocolError | undefined {
    return this.#ended;
  }

  /**
   * Subscribes to names, in addition to those subscribed before. `*` is the wildcard of any type; without names, a first
   * request is the legacy wildcard, for types that have one.
   */
  subscribe(typeUrl: string, names: readonly string[] = []): void {
    const state = this.#state(typeUrl);
    for (const name of names) state.names.add(name);
    if (this.#options.variant === "sotw") this.#sendAll(typeUrl, state);
    else this.send({ typeUrl, resourceNamesSubscribe: [...names] });
  }

  /** Unsubscribes from names, and drops their resources unless another name still matches them. */
  unsubscribe(typeUrl: string, names: readonly string[]): void {
    const state = this.#state(typeUrl);
    for (const name of names) {
      state.names.delete(name);
      for (const held of state.resources.keys()) {
        if (covers(name, held) && ![...state.names].some((other) => covers(other, held))) state.resources.delete(held);
      }
    }
    if (this.#options.variant === "sotw") this.#sendAll(typeUrl, state);
    else this.send({ typeUrl, resourceNamesUnsubscribe: [...names] });
  }

  /** Takes the next response, if the server has one. It is in flight until `ack` or `nack`. */
  next(): OutgoingResponse | undefined {
    return this.#guard(() => this.#stream.next(this.#now));
  }

  /** Lets time pass, for withheld removals and heartbeats: there is no other clock here. */
  wait(ms: number): void {
    this.#now += ms;
  }

  /** ACKs a response, and applies it to `resources`. */
  ack(response: OutgoingResponse): void {
    const { typeUrl, version } = response;
    const state = this.#state(typeUrl);
    if (this.#options.variant === "sotw" && this.#isFullState(typeUrl)) state.resources.clear();
    for (const resource of response.resources) state.resources.set(resource.name, resource);
    for (const name of response.removed) state.resources.delete(name);
    state.version = version;
    this.#acknowledge(response, {});
  }

  /** NACKs a response: `resources` stay as they were. @param message - the reason, as `error_detail` has it */
  nack(response: OutgoingResponse, message: string): void {
    this.#acknowledge(response, { errorDetail: { code: INVALID_ARGUMENT, message } });
  }

  /** Takes and ACKs responses until the server has none. @returns them, in order */
  settle(): OutgoingResponse[] {
    const taken: OutgoingResponse[] = [];
    for (let response = this.next(); response !== undefined; response = this.next()) {
      taken.push(response);
      this.ack(response);
    }
    return taken;
  }

  /** The resources of a type that the client has, by name: those of the responses that it ACKed. */
  resources(typeUrl: string): ReadonlyMap<string, Resource> {
    return this.#state(typeUrl).resources;
  }

  /** The server's state of the stream, for each type. */
  status(): SubscriptionStatus[] {
    return this.#stream.status(this.#now);
  }

  /** Sends any request. Only the node is added, to the first request of a stream unless it has one. */
  send(request: FakeRequest): void {
    this.#guard(() => this.#stream.receive(request instanceof Uint8Array ? request : this.#encode(request)));
  }

  /** Subscribes to the same names on a new stream; in delta with the versions that it has. */
  reconnect(): void {
    this.close();
    this.#stream = this.#connect();
    for (const [typeUrl, state] of this.#types) {
      state.nonce = "";
      if (this.#options.variant === "sotw") {
        this.#sendAll(typeUrl, state);
        continue;
      }
      const held = [...state.resources.values()].map(({ name, version }) => [name, version]);
      this.send({
        typeUrl,
        resourceNamesSubscribe: [...state.names],
        initialResourceVersions: Object.fromEntries(held),
      });
    }
  }

  /** Ends the stream. May be called more than once. */
  close(): void {
    this.#stream.close();
  }

  #connect(): DiscoveryStream {
    const { cache, api, variant, typeUrl, callbacks = {}, holdBackMs = 15_000, isolate = false, onWake = () => {} } =
      this.#options;
    this.#introduced = false;
    this.#ended = undefined;
    return new DiscoveryStream({
      id: ++this.#streams,
      variant,
      api,
      typeUrl,
      cache,
      responses: this.#responses,
      callbacks,
      limits: DEFAULT_STREAM_LIMITS,
      holdBackMs,
      fleet: isolate ? new FleetContent({ minNodes: Infinity, share: 1 }) : undefined,
      wake: onWake,
    });
  }

  #state(typeUrl: string): TypeState {
    let state = this.#types.get(typeUrl);
    if (state === undefined) {
      state = { names: new Set(), resources: new Map(), nonce: "", version: "" };
      this.#types.set(typeUrl, state);
    }
    return state;
  }

  #sendAll(typeUrl: string, { names, nonce, version }: TypeState): void {
    this.send({ typeUrl, resourceNames: [...names], responseNonce: nonce, versionInfo: version });
  }

  #acknowledge({ typeUrl, nonce }: OutgoingResponse, rest: { errorDetail?: { code: number; message: string } }): void {
    const state = this.#state(typeUrl);
    state.nonce = nonce;
    if (this.#options.variant === "delta") return this.send({ typeUrl, responseNonce: nonce, ...rest });
    const { names, version } = state;
    this.send({ typeUrl, resourceNames: [...names], responseNonce: nonce, versionInfo: version, ...rest });
  }

  #encode(request: Exclude<FakeRequest, Uint8Array>): Uint8Array {
    const node = this.#introduced ? {} : { node: this.#node };
    this.#introduced = true;
    return encodeRequest(this.#options.variant, { ...node, ...request });
  }

  #isFullState(typeUrl: string): boolean {
    return this.#options.api.types.some((type) => type.typeUrl === typeUrl && type.fullState === true);
  }

  #guard<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#ended = error;
      this.#stream.close();
      return undefined;
    }
  }
}

/** `google.rpc.Code.INVALID_ARGUMENT`, the code of Envoy's NACKs. */
const INVALID_ARGUMENT = 3;

/** The state of a client for one type. */
interface TypeState {
  readonly names: Set<string>;
  readonly resources: Map<string, Resource>;
  /** The nonce of the last response that it ACKed or NACKed on this stream. */
  nonce: string;
  /** The version of the last response that it ACKed. */
  version: string;
}

/** Whether a subscribed name, which may be the wildcard or a collection, matches a resource. */
function covers(name: string, resource: string): boolean {
  return name === "*" || name === resource || (isGlob(name) && name === collectionOf(resource));
}
