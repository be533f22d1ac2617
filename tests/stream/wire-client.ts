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

/** A response as the client reads it. */
export interface Seen {
  readonly type: Type;
  readonly version: string;
  readonly nonce: string;
  readonly resources: readonly SeenResource[];
  readonly removed: readonly string[];
}

export interface SeenResource {
  readonly name: string;
  /** Undefined where there is no content: a heartbeat. */
  readonly label: string | undefined;
  /** Delta: its own version. */
  readonly version: string;
}

/** A request as the client means it. */
export interface Said {
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

/** Who the client is. */
export interface Identity {
  readonly variant: Variant;
  readonly ttl: boolean;
}

export interface WireOptions extends Identity {
  readonly cache: Cache;
  readonly responses: ResponseFactory;
  readonly holdBackMs: number;
}

/** One stream, seen from the client: messages are encoded and decoded, and nothing is known of the server's state. */
export class Wire {
  readonly #stream: DiscoveryStream;
  readonly #variant: Variant;
  readonly #ttl: boolean;
  #group: Group | undefined = undefined;
  /** The server has said that there may be something. */
  #woken = false;

  constructor({ variant, ttl, cache, responses, holdBackMs }: WireOptions) {
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

  send(said: Said, group: Group): void {
    const features = this.#ttl ? ["xds.config.supports-resource-ttl"] : [];
    const node = group === this.#group ? {} : { node: { id: "node", cluster: group, clientFeatures: features } };
    this.#group = group;
    const { type, nonce, error, names, versionInfo = "", subscribe = [], unsubscribe = [], initial = {} } = said;
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

  /** The next response. The server has to have called for it, or to have said when. */
  next(now: number): Seen | undefined {
    const { dueAt } = this.#stream;
    const expected = this.#woken || (dueAt !== undefined && now >= dueAt);
    this.#woken = false;
    const response = this.#stream.next(now);
    if (response === undefined) return undefined;
    if (!expected) throw new Error(`nobody was woken for a response of ${response.typeUrl}`);
    this.#woken = true;
    return this.#read(response.frame.slice(GRPC_PREFIX_LENGTH));
  }

  close(): void {
    this.#stream.close();
  }

  #read(message: Uint8Array): Seen {
    if (this.#variant === "delta") {
      const { typeUrl, systemVersionInfo, nonce, resources, removedResources } = fromBinary(
        DeltaDiscoveryResponseSchema,
        message,
      );
      const type = typeOf(typeUrl);
      const seen = resources.map(({ name, version, resource }) => {
        return { name, version, label: resource && readAny(type, resource, name) };
      });
      return { type, version: systemVersionInfo, nonce, resources: seen, removed: removedResources };
    }
    const { typeUrl, versionInfo, nonce, resources } = fromBinary(DiscoveryResponseSchema, message);
    const type = typeOf(typeUrl);
    const seen = resources.map((any) => {
      const wrapped = anyUnpack(any, ResourceSchema);
      const label = readAny(type, wrapped?.resource ?? any, wrapped?.name);
      return { name: label.slice(0, label.indexOf("=")), label, version: "" };
    });
    return { type, version: versionInfo, nonce, resources: seen, removed: [] };
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
  if (name !== undefined && !label.startsWith(`${name}=`)) throw new Error(`${label} is called ${name}`);
  return label;
}

function encode<D extends typeof DiscoveryRequestSchema | typeof DeltaDiscoveryRequestSchema>(
  schema: D,
  init: MessageInitShape<D>,
): Uint8Array {
  return toBinary(schema, create(schema, init));
}
