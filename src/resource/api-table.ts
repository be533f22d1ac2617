import type { DescMessage, DescService } from "./protobuf-types.ts";
import type { Resource } from "./resource.ts";

/** A version of the xDS API as data: a server of another version is another table, not other code. */
export interface ApiTable {
  /** The name of the version, such as `v3`. */
  readonly name: string;
  /** The descriptor of the message with which a client describes itself. */
  readonly node: DescMessage;
  /** The types that are not served by the defaults alone. Any other type is served as well. */
  readonly types: readonly ResourceType[];
  /** The discovery services. Their methods, and the variant of each, are read from their descriptors. */
  readonly services: readonly ServiceRow[];
  /** Finds the types of resources and of the messages in them, to write them as JSON. Default: none. */
  readonly messages?: MessageFinder;
}

/** Finds the description of a message type by its full name, such as `envoy.config.cluster.v3.Cluster`. */
export type MessageFinder = (typeName: string) => Promise<DescMessage | undefined> | DescMessage | undefined;

/**
 * A discovery service: one for all types (ADS), or one of a single type. The path of its REST method is the one in the
 * option `google.api.http` of its descriptor.
 */
export interface ServiceRow {
  /** The descriptor of the service. */
  readonly service: DescService;
  /** The type that the service serves; undefined for ADS. */
  readonly typeUrl: string | undefined;
}

/** How a type of resources is served. */
export interface ResourceType {
  /** The type URL. */
  readonly typeUrl: string;
  /** The short name for people, such as `CDS`. */
  readonly label: string;
  /** The position in the order of a publication in ADS, lowest first. Default: none; the type waits for no other. */
  readonly order?: number;
  /** Whether SotW responses have all subscribed resources, so that absence means removal. Default: false. */
  readonly fullState?: boolean;
  /** Whether a first request without names subscribes to the wildcard. Default: false. */
  readonly legacyWildcard?: boolean;
  /**
   * Whether resources hold keys. Without `authorize` they are served only to clients that have a certificate or are on
   * the machine itself. Default: false.
   */
  readonly secret?: boolean;
  /** Whether a resource without content means that it does not exist, so that heartbeats have content. Default: false. */
  readonly emptyMeansUnknown?: boolean;
  /** How clients subscribe by names that stand for resources and are not theirs. In delta only. Default: they do not. */
  readonly aliases?: Aliasing;
  /**
   * The references from resources of this type to those of others. They give the order of a publication, the
   * dependencies of a response, and what `Snapshot.check` looks up. A target may be listed more than once, where
   * a flag holds for a part of its names only. Default: none.
   */
  readonly references?: readonly Reference[];
  /**
   * References to types that have no place in the order, such as secrets: nothing waits for them, and nothing is sent
   * again. `Snapshot.check`, `explain()` and the log look them up. Default: none.
   */
  readonly uses?: readonly Reference[];
}

/** A reference from resources of one type to those of another. */
export interface Reference {
  /** The type URL of the target. */
  readonly typeUrl: string;
  /** Reads the names of the targets from a resource; it may throw for bytes that cannot be read. */
  readonly namesIn: (resource: Resource) => readonly string[];
  /**
   * The client does not use a resource before it has received the targets, after each change of the resource anew, as
   * Envoy warms a cluster with its endpoints: they are sent again with each change. At most one reference of a type has
   * this flag. Default: false.
   */
  readonly warms?: boolean;
  /**
   * The client discards the targets, or warms them again, when it receives a resource, and does not subscribe again:
   * those that it is subscribed to are sent again. The names may be those of collections. Such a reference gives no
   * order, and its targets need not exist. At most one reference of a type has this flag. Default: false.
   */
  readonly resends?: boolean;
}

/**
 * How names stand for resources, as a host stands for the virtual host that serves it. A client that subscribes to such
 * a name receives the resource with the name as its alias, or a resource without content if none matches.
 */
export interface Aliasing {
  /**
   * The keys of a resource: names in the collection of its own name. It may throw for bytes that cannot be read.
   */
  readonly keysOf: (resource: Resource) => readonly string[];
  /** The keys of the resources that a name may stand for, the best first. */
  readonly keysFor: (name: string) => Iterable<string>;
}
