import { create, toBinary } from "@bufbuild/protobuf";
import { type Node, NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { Cache } from "../cache/mod.ts";
import { type ApiTable, collectionOf, isGlob, type MessageInitShape, type Resource } from "../resource/mod.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  type OutgoingResponse,
  ProtocolError,
  ResponseFactory,
  type StreamCallbacks,
  type SubscriptionStatus,
  type Variant,
} from "../stream/mod.ts";
import type { FakeRequest, NodeInit } from "./fake-request.ts";

/** How a fake client is set up. */
export interface FakeClientOptions {
  /** What it is fed from. */
  readonly cache: Cache;
  /** The version of the API, such as `v3` of `ts-control-plane/v3`. */
  readonly api: ApiTable;
  /** State of the world or incremental. */
  readonly variant: Variant;
  /** Who it says it is. Default: a node with the id `node`. */
  readonly node?: NodeInit;
  /** The type of the service that it is connected to. Default: ADS. */
  readonly typeUrl?: string | undefined;
  /** What the server would observe of it. Default: nothing. */
  readonly callbacks?: StreamCallbacks;
  /** What the server would be set up with, in milliseconds on the client's own clock. Default: 15000. */
  readonly holdBackMs?: number | undefined;
  /** Called when there may be a response to take, and more often than that. Default: nothing is called. */
  readonly onWake?: () => void;
}

/**
 * An xDS client on one stream of the real protocol, without any network, promise or timer (time passes by `wait`): it says what it is told to,
 * and shows what it has. Responses are taken one by one and are accepted or rejected by the test, at any later time.
 *
 * Sans I/O: a cache that publishes synchronously can be read right after it has published; for others see `onWake`.
 */
export class FakeClient {
  readonly #options: FakeClientOptions;
  readonly #node: Node;
  readonly #responses = new ResponseFactory({ identifier: "fake" });
  readonly #types = new Map<string, TypeState>();
  #stream: DiscoveryStream;
  #streams = 0;
  #introduced = false;
  #ended: ProtocolError | undefined = undefined;
  #now = 0;

  constructor(options: FakeClientOptions) {
    this.#options = options;
    this.#node = create(NodeSchema, options.node ?? { id: "node" });
    this.#stream = this.#connect();
  }

  /** Why the server has ended the stream; undefined as long as it is open. */
  get ended(): ProtocolError | undefined {
    return this.#ended;
  }

  /**
   * Asks for names, in addition to those asked for before. Without names it is the old way to ask for everything,
   * where the type has it; `*` asks for everything of any type.
   */
  subscribe(typeUrl: string, names: readonly string[] = []): void {
    const state = this.#state(typeUrl);
    for (const name of names) state.names.add(name);
    if (this.#options.variant === "sotw") this.#sendAll(typeUrl, state);
    else this.send({ typeUrl, resourceNamesSubscribe: [...names] });
  }

  /** Asks for names no longer, and forgets what it has of them, as far as nothing else asks for it. */
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

  /** Takes the next response, if there is one. It is to be answered by `ack` or `nack`, sooner or later. */
  next(): OutgoingResponse | undefined {
    return this.#guard(() => this.#stream.next(this.#now));
  }

  /** Lets time pass, for what is held back or repeated: there is no other clock here. */
  wait(ms: number): void {
    this.#now += ms;
  }

  /** Accepts a response: from here on the client has what it says. */
  ack(response: OutgoingResponse): void {
    const { typeUrl, version } = response;
    const state = this.#state(typeUrl);
    if (this.#options.variant === "sotw" && this.#isFullState(typeUrl)) state.resources.clear();
    for (const resource of response.resources) state.resources.set(resource.name, resource);
    for (const name of response.removed) state.resources.delete(name);
    state.version = version;
    this.#answer(response, {});
  }

  /** Rejects a response: the client goes on with what it had. */
  nack(response: OutgoingResponse, message: string): void {
    this.#answer(response, { errorDetail: { code: INVALID_ARGUMENT, message } });
  }

  /** Takes and accepts all responses that there are, and those that follow from that. @returns them, in order */
  settle(): OutgoingResponse[] {
    const taken: OutgoingResponse[] = [];
    for (let response = this.next(); response !== undefined; response = this.next()) {
      taken.push(response);
      this.ack(response);
    }
    return taken;
  }

  /** What the client has of a type, by name: the responses that it accepted, put together. */
  resources(typeUrl: string): ReadonlyMap<string, Resource> {
    return this.#state(typeUrl).resources;
  }

  /** What the server thinks of the client, for each type. */
  status(): SubscriptionStatus[] {
    return this.#stream.status();
  }

  /** Sends any request. Only the node is added, to the first one of a stream that leaves it out. */
  send(request: FakeRequest): void {
    this.#guard(() => this.#stream.receive(request instanceof Uint8Array ? request : this.#encode(request)));
  }

  /** Loses its connection and asks on a new stream for what it asked for before, saying what it has. */
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
    const { cache, api, variant, typeUrl, callbacks = {}, holdBackMs = 15_000, onWake = () => {} } = this.#options;
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

  #answer({ typeUrl, nonce }: OutgoingResponse, rest: { errorDetail?: { code: number; message: string } }): void {
    const state = this.#state(typeUrl);
    state.nonce = nonce;
    if (this.#options.variant === "delta") return this.send({ typeUrl, responseNonce: nonce, ...rest });
    const { names, version } = state;
    this.send({ typeUrl, resourceNames: [...names], responseNonce: nonce, versionInfo: version, ...rest });
  }

  #encode(request: Exclude<FakeRequest, Uint8Array>): Uint8Array {
    const node = this.#introduced ? {} : { node: this.#node };
    this.#introduced = true;
    return this.#options.variant === "sotw"
      ? encode(DiscoveryRequestSchema, { ...node, ...request as MessageInitShape<typeof DiscoveryRequestSchema> })
      : encode(DeltaDiscoveryRequestSchema, {
        ...node,
        ...request as MessageInitShape<typeof DeltaDiscoveryRequestSchema>,
      });
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

/** `google.rpc.Code.INVALID_ARGUMENT`, with which Envoy rejects. */
const INVALID_ARGUMENT = 3;

/** What a client knows of one type. */
interface TypeState {
  readonly names: Set<string>;
  readonly resources: Map<string, Resource>;
  /** Of the last response that it answered on this stream. */
  nonce: string;
  /** Of the last response that it accepted. */
  version: string;
}

/** Whether what is asked for by a name includes a resource. */
function covers(name: string, resource: string): boolean {
  return name === "*" || name === resource || (isGlob(name) && name === collectionOf(resource));
}

function encode<D extends typeof DiscoveryRequestSchema | typeof DeltaDiscoveryRequestSchema>(
  schema: D,
  init: MessageInitShape<D>,
): Uint8Array {
  return toBinary(schema, create(schema, init));
}
