import type { Variant } from "../../src/stream/mod.ts";

/** The short names of types in transcripts. `NEW` is a type that the API's table does not know. */
export const TYPES = {
  CDS: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  EDS: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  LDS: "type.googleapis.com/envoy.config.listener.v3.Listener",
  RDS: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  SRDS: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration",
  SDS: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  NEW: "type.googleapis.com/example.Custom",
} as const;

export type Type = keyof typeof TYPES;

/** The same, and the types that clients subscribe to by aliases or by collections. */
export const ALL_TYPES = {
  ...TYPES,
  VHDS: "type.googleapis.com/envoy.config.route.v3.VirtualHost",
  LEDS: "type.googleapis.com/envoy.config.endpoint.v3.LbEndpoint",
} as const;

export type AnyType = keyof typeof ALL_TYPES;

/**
 * The resources of a publication, by type: names with their content, which may end in a ttl in milliseconds,
 * `content ttl=60`.
 *
 * Clusters are of type EDS and wait for their endpoints. Virtual hosts have `content domains=a.com,*.b.com`. A route
 * configuration that takes its virtual hosts from VHDS is `content vhds`, and an assignment that takes its endpoints
 * from LEDS is `content leds=collection`.
 */
export type World = { readonly [T in AnyType]?: Readonly<Record<string, string>> };

/** The node of a request. */
export interface ClientNode {
  readonly id: string;
  readonly cluster?: string;
  readonly userAgentName?: string;
  readonly clientFeatures?: string[];
}

/** One request. */
export interface Send {
  /** Undefined: an empty type URL. */
  readonly type?: AnyType;
  /** SotW: all names. */
  readonly names?: readonly string[];
  /** Delta. */
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  /** The same as resource locators. In SotW, beside `names`. */
  readonly locators?: readonly string[];
  readonly unsubscribeLocators?: readonly string[];
  /** Delta: the resources that the client holds, `name` to content; sent as `initial_resource_versions`. */
  readonly initial?: Readonly<Record<string, string>>;
  /** The nonce of the last response of the type (`last`), of the one before it (`previous`), or any other. */
  readonly nonce?: string;
  /** NACKs the last response of the type, with this message. */
  readonly nack?: string;
  /** SotW `version_info`. Default: empty. */
  readonly version?: string;
  /** Default: the same node in each request. Null: none. */
  readonly node?: ClientNode | null;
}

/**
 * One response. Resources are written `name=content`, in any order; with a ttl, `name=content ttl=60`; and a heartbeat
 * is `name heartbeat ttl=60`. A resource with aliases is `name=content aka alias alias`, in the order of the alphabet,
 * and an alias that resolves to no resource is `alias missing`.
 */
export interface Expect {
  readonly type: AnyType;
  readonly resources?: readonly string[];
  /** Delta. */
  readonly removed?: readonly string[];
}

export type Step =
  | { readonly send: Send }
  | { readonly expect: Expect }
  /** Publishes a snapshot; null: clears it. */
  | { readonly apply: World | null }
  /** Milliseconds pass; the steps that follow show the effect. */
  | { readonly wait: number }
  /** No response follows. */
  | { readonly quiet: true }
  /** The stream ends with this gRPC status, by name. */
  | { readonly ends: string }
  /** The calls of `onAck` and `onNack` since the last step of this kind: `ack CDS`, `nack CDS: message`. */
  | { readonly callbacks: readonly string[] };

/** The requests and responses of one stream, step by step. */
export interface Transcript {
  /** The ids of the rules that it proves, then the criterion. */
  readonly name: string;
  readonly variant: Variant;
  /** The type of the service. Default: ADS. */
  readonly service?: AnyType;
  /** The snapshot before the client connects. Default: none, not even an empty one. */
  readonly world?: World;
  /** The hold-back deadline. Default: longer than any test takes. */
  readonly holdBackMs?: number;
  /** Whether what the client rejects is isolated. Default: true. */
  readonly isolate?: boolean;
  readonly steps: readonly Step[];
}
