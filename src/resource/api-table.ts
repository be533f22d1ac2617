import type { MessageFinder } from "./json.ts";
import type { DescMessage, DescService } from "./protobuf-types.ts";
import type { Resource } from "./resource.ts";

/** What a version of the xDS API consists of, as data: a server of another version is another table, not other code. */
export interface ApiTable {
  /** Such as `v3`. */
  readonly name: string;
  /** The message that describes a client. */
  readonly node: DescMessage;
  /** The types about which something particular is known. Any other type is served as well, by the defaults. */
  readonly types: readonly ResourceType[];
  /** The discovery services. Which methods they have, and of which variant, is read from their descriptors. */
  readonly services: readonly ServiceRow[];
  /** Finds the types of resources and of what they hold, to write them as JSON. Default: none are known. */
  readonly messages?: MessageFinder;
}

/**
 * A discovery service: one for all types (ADS), or one of a single type. The path of its REST method is read from its
 * descriptor as well, where the option `google.api.http` says it.
 */
export interface ServiceRow {
  readonly service: DescService;
  /** The type that the service serves; undefined for ADS. */
  readonly typeUrl: string | undefined;
}

/** How a type of resources is served. */
export interface ResourceType {
  readonly typeUrl: string;
  /** The short name in texts for people, such as `CDS`. */
  readonly label: string;
  /** The position in the order in which one publication goes out in ADS; types without one are not held back. */
  readonly order?: number;
  /** SotW responses hold all that the client asked for, changed or not, and absence means deletion. Default: false. */
  readonly fullState?: boolean;
  /** A first request without names asks for everything. Default: false. */
  readonly legacyWildcard?: boolean;
  /** A resource without content says that there is no such entity, so that it cannot be a heartbeat. Default: false. */
  readonly emptyMeansUnknown?: boolean;
  /** How clients subscribe by names that stand for resources and are not theirs. In delta only. Default: they do not. */
  readonly aliases?: Aliasing;
  /**
   * The references from resources of this type to those of others. They give the order of a publication, the
   * dependencies of a response, and what `Snapshot.check` looks up. A target may be listed more than once, where
   * a flag holds for a part of its names only. Default: none.
   */
  readonly references?: readonly Reference[];
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
 * How names stand for resources, as a host stands for the virtual host that serves it: who asks by such a name is
 * answered with the resource and the name as an alias of it, and by a resource without content where there is none.
 */
export interface Aliasing {
  /** The keys under which a resource is found. */
  readonly keysOf: (resource: Resource) => readonly string[];
  /** The keys under which what a name stands for may be found, the best first. */
  readonly keysFor: (name: string) => Iterable<string>;
}
