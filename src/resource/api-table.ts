import type { DescMessage, DescService } from "@bufbuild/protobuf";
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

/** Finds the description of a message type by its full name, such as `envoy.config.cluster.v3.Cluster`. */
export type MessageFinder = (typeName: string) => Promise<DescMessage | undefined> | DescMessage | undefined;

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
  /** Resources that the client cannot use before it is sent what they name, again after each change of theirs. */
  readonly warms?: { readonly typeUrl: string; readonly namesIn: (resource: Resource) => readonly string[] };
  /**
   * What the client forgets of another type when it is sent a resource of this one, or waits for once more, without
   * asking for it: it is sent again, as far as the client is subscribed to it. Names may be those of collections.
   */
  readonly resends?: { readonly typeUrl: string; readonly namesIn: (resource: Resource) => readonly string[] };
  /** Clients ask by names that stand for resources and are not theirs. In delta only. */
  readonly aliases?: Aliasing;
  /** The names by which resources of this type refer to others, for the check of a snapshot. */
  readonly references?: readonly Reference[];
}

/** A reference from resources of one type to those of another. */
export interface Reference {
  readonly typeUrl: string;
  readonly namesIn: (resource: Resource) => readonly string[];
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
