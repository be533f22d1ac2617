import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Any, anyUnpack } from "@bufbuild/protobuf/wkt";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
  ResourceSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { Cache } from "../../mod.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  GRPC_PREFIX_LENGTH,
  type ResponseFactory,
  type Variant,
} from "../../src/stream/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import type { Group } from "./backends.ts";
import { labelOf } from "./world.ts";

/** A response as the client decodes it. */
export interface Received {
  readonly type: Type;
  readonly version: string;
  readonly nonce: string;
  readonly resources: readonly ReceivedResource[];
  readonly removed: readonly string[];
}

export interface ReceivedResource {
  readonly name: string;
  /** Undefined for a heartbeat, which has no content. */
  readonly label: string | undefined;
  /** Delta: its own version. */
  readonly version: string;
}

/** A request before it is encoded. */
export interface Request {
  readonly type: Type;
  readonly nonce: string;
  readonly error?: string | undefined;
  /** SotW: all names. */
  readonly names?: readonly string[];
  readonly versionInfo?: string;
  /** Delta. */
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  readonly initial?: Readonly<Record<string, string>>;
}

/** What distinguishes clients. */
export interface Identity {
  readonly variant: Variant;
  readonly ttl: boolean;
}

export interface WireClientOptions extends Identity {
  readonly cache: Cache;
  readonly responses: ResponseFactory;
  readonly holdBackMs: number;
}

/** A client on one stream: messages are encoded and decoded, and the server's state is not read. */
export class WireClient {
  readonly #stream: DiscoveryStream;
  readonly #variant: Variant;
  readonly #ttl: boolean;
  #group: Group | undefined = undefined;
  /** The server has called `wake` since the last look. */
  #woken = false;

  constructor({ variant, ttl, cache, responses, holdBackMs }: WireClientOptions) {
    this.#variant = variant;
    this.#ttl = ttl;
    this.#stream = new DiscoveryStream({
      id: 1,
      variant,
      api: v3,
      typeUrl: undefined,
      cache,
      responses,
      callbacks: {},
      limits: DEFAULT_STREAM_LIMITS,
      holdBackMs,
      wake: () => this.#woken = true,
    });
  }

  send(request: Request, group: Group): void {
    const features = this.#ttl ? ["xds.config.supports-resource-ttl"] : [];
    const node = group === this.#group ? {} : { node: { id: "node", cluster: group, clientFeatures: features } };
    this.#group = group;
    const { type, nonce, error, names, versionInfo = "", subscribe = [], unsubscribe = [], initial = {} } = request;
    const common = {
      ...node,
      typeUrl: TYPES[type],
      responseNonce: nonce,
      ...error !== undefined && { errorDetail: { code: 3, message: error } },
    };
    this.#stream.receive(
      this.#variant === "sotw"
        ? encode(DiscoveryRequestSchema, { ...common, versionInfo, resourceNames: [...names ?? []] })
        : encode(DeltaDiscoveryRequestSchema, {
          ...common,
          resourceNamesSubscribe: [...subscribe],
          resourceNamesUnsubscribe: [...unsubscribe],
          initialResourceVersions: { ...initial },
        }),
    );
  }

  /** The next response. @throws without a `wake` or a due time before it */
  next(now: number): Received | undefined {
    const { dueAt } = this.#stream;
    const expected = this.#woken || (dueAt !== undefined && now >= dueAt);
    this.#woken = false;
    const response = this.#stream.next(now);
    if (response === undefined) return undefined;
    if (!expected) throw new Error(`a response of ${response.typeUrl} without a wake`);
    this.#woken = true;
    return this.#read(response.frame.slice(GRPC_PREFIX_LENGTH));
  }

  close(): void {
    this.#stream.close();
  }

  #read(message: Uint8Array): Received {
    if (this.#variant === "delta") {
      const { typeUrl, systemVersionInfo, nonce, resources, removedResources } = fromBinary(
        DeltaDiscoveryResponseSchema,
        message,
      );
      const type = typeOf(typeUrl);
      const received = resources.map(({ name, version, resource }) => {
        return { name, version, label: resource && readAny(type, resource, name) };
      });
      return { type, version: systemVersionInfo, nonce, resources: received, removed: removedResources };
    }
    const { typeUrl, versionInfo, nonce, resources } = fromBinary(DiscoveryResponseSchema, message);
    const type = typeOf(typeUrl);
    const received = resources.map((any) => {
      const wrapped = anyUnpack(any, ResourceSchema);
      const label = readAny(type, wrapped?.resource ?? any, wrapped?.name);
      return { name: label.slice(0, label.indexOf("=")), label, version: "" };
    });
    return { type, version: versionInfo, nonce, resources: received, removed: [] };
  }
}

function typeOf(typeUrl: string): Type {
  const found = (Object.keys(TYPES) as Type[]).find((type) => TYPES[type] === typeUrl);
  if (found === undefined) throw new Error(`a response of "${typeUrl}"`);
  return found;
}

function readAny(type: Type, { typeUrl, value }: Any, name?: string): string {
  const label = labelOf(type, value);
  if (typeUrl !== TYPES[type] || label === undefined) throw new Error(`an unknown resource of ${typeUrl}`);
  if (name !== undefined && !label.startsWith(`${name}=`)) throw new Error(`${label} has the name ${name}`);
  return label;
}

function encode<D extends typeof DiscoveryRequestSchema | typeof DeltaDiscoveryRequestSchema>(
  schema: D,
  init: MessageInitShape<D>,
): Uint8Array {
  return toBinary(schema, create(schema, init));
}
