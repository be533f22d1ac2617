import type * as connect from "@connectrpc/connect";

// The types of Connect that the public API uses, so that its users can name them.

/** An error with a gRPC status code; see `@connectrpc/connect`. */
export type ConnectError = connect.ConnectError;

/** A router that services are mounted on; see `@connectrpc/connect`. */
export type ConnectRouter = connect.ConnectRouter;

/**
 * The key of a value in the context of a request; see `@connectrpc/connect`.
 *
 * @ignore because the linter of docs does not follow the types of a package
 */
export type ContextKey<T> = connect.ContextKey<T>;
