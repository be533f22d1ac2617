import { type ContextKey as ConnectContextKey, type ContextValues, createContextKey } from "@connectrpc/connect";
import type { ClientCertificate } from "../../stream/mod.ts";
import type { ContextKey } from "../connect-types.ts";
import { CERTIFICATE, PEER } from "../peer.ts";

/** The client of a stream or poll, as its transport knows it. */
export interface ClientOrigin {
  /** Its address. */
  readonly peer: string | undefined;
  readonly certificate: ClientCertificate | undefined;
  /** Whether the connection comes from the machine itself. */
  readonly isLocal: boolean;
  /** The path of the method. */
  readonly method: string;
  /** Made when it is read. */
  readonly headers: Headers;
}

/** Whether a request comes from the machine itself. The transports of this package set it. */
export const LOCAL: ContextKey<boolean> = createContextKey<boolean>(false, {
  description: "whether the client is on this machine",
});

/** Makes all headers of a request, where an adapter has passed on only those that describe the body. */
export const HEADERS: ContextKey<(() => Headers) | undefined> = createContextKey<(() => Headers) | undefined>(
  undefined,
  { description: "all headers of the request" },
);

/** The client of a request that goes by a router. */
export function clientOf(
  { header, contextValues }: { readonly header: Headers; readonly contextValues?: ContextValues },
  method: string,
): ClientOrigin {
  const get = <T>(key: ConnectContextKey<T>): T =>
    contextValues === undefined ? key.defaultValue : contextValues.get(key);
  return {
    peer: get(PEER),
    certificate: get(CERTIFICATE),
    isLocal: get(LOCAL),
    method,
    get headers() {
      return get(HEADERS)?.() ?? header;
    },
  };
}
