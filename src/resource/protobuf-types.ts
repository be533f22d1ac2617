import type * as protobuf from "@bufbuild/protobuf";

// The types of protobuf-es that the public API uses, so that each entry can export those of its own functions.

/** The descriptor of a message type, such as `ClusterSchema`; see `@bufbuild/protobuf`. */
export type DescMessage = protobuf.DescMessage;

/** The descriptor of a service, such as `ClusterDiscoveryService`; see `@bufbuild/protobuf`. */
export type DescService = protobuf.DescService;

/**
 * A message, or the fields to make one of; see `@bufbuild/protobuf`.
 *
 * @ignore because the linter of docs does not follow the types of a package
 */
export type MessageInitShape<D extends DescMessage> = protobuf.MessageInitShape<D>;

/** Any message; see `@bufbuild/protobuf`. */
export type Message = protobuf.Message;

/** Message types by their names, such as a registry of `@bufbuild/protobuf`. */
export interface MessageTypes {
  /** Returns the type of a full name, such as `my.package.Filter`; undefined if there is none. */
  getMessage(typeName: string): DescMessage | undefined;
}
