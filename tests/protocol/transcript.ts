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

/** The same with those that are asked for otherwise than by their names, or by whole collections. */
export const ALL_TYPES = {
  ...TYPES,
  VHDS: "type.googleapis.com/envoy.config.route.v3.VirtualHost",
  LEDS: "type.googleapis.com/envoy.config.endpoint.v3.LbEndpoint",
} as const;

export type AnyType = keyof typeof ALL_TYPES;

/**
 * All that there is, by type: names with their content, which may end in a ttl in milliseconds, `content ttl=60`.
 *
 * Clusters are of type EDS and wait for their endpoints. Virtual hosts have `content domains=a.com,*.b.com`, route
 * configurations may get theirs by VHDS, `content vhds`, and endpoints theirs by LEDS, `content leds=collection`.
 */
export type World = { readonly [T in AnyType]?: Readonly<Record<string, string>> };

/** Who sends. */
export interface Client {
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
  /** Delta: what the client has, `name` to content. */
  readonly initial?: Readonly<Record<string, string>>;
  /** Answers the last response of the type (`last`), the one before it (`previous`), or gives a nonce of its own. */
  readonly nonce?: string;
  /** The reason why the last response is rejected. */
  readonly nack?: string;
  /** SotW `version_info`. Default: empty. */
  readonly version?: string;
  /** Another node than that of the first request; null: none at all. */
  readonly node?: Client | null;
}

/**
 * One response. Resources are written `name=content`, in any order; with the ttl behind it, `name=content ttl=60`,
 * where the response tells one; and a heartbeat is `name lives ttl=60`. What is sent with aliases is
 * `name=content aka alias alias`, in the order of the alphabet, and an alias of nothing is `alias unknown`.
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
  /** Publishes; null: clears the snapshot. */
  | { readonly apply: World | null }
  /** The time passes, in milliseconds; what comes of it follows. */
  | { readonly wait: number }
  /** There is nothing more to come. */
  | { readonly quiet: true }
  /** The stream ends with this gRPC status, by name. */
  | { readonly ends: string }
  /** What the server's callbacks saw of this kind since the last look. */
  | { readonly told: readonly string[] };

/** What a client and a server say to each other, step by step. */
export interface Transcript {
  /** The rules of the protocol that it shows, and what it shows of them. */
  readonly name: string;
  readonly variant: Variant;
  /** The type of the service. Default: ADS. */
  readonly service?: AnyType;
  /** What there is before the client connects. Default: nothing at all, not even an empty snapshot. */
  readonly world?: World;
  /** How long the stream waits for the client. Default: longer than any test takes. */
  readonly holdBackMs?: number;
  readonly steps: readonly Step[];
}
