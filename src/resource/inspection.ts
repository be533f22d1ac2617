/**
 * How the consoles of Node, Deno and Bun find the method by which an object shows itself. Objects with content of
 * resources have one, and `toJSON`: a resource may hold keys, which must not arrive in a log with an object that refers
 * to it.
 */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");
