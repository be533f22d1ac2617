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
}

/** A discovery service: one for all types (ADS), or one of a single type. */
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
  /** The names by which resources of this type refer to others, for the check of a snapshot. */
  readonly references?: readonly Reference[];
}

/** A reference from resources of one type to those of another. */
export interface Reference {
  readonly typeUrl: string;
  readonly namesIn: (resource: Resource) => readonly string[];
}
