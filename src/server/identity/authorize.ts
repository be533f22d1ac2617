import type { Node } from "../../cache/mod.ts";
import type { ClientCertificate } from "../../stream/mod.ts";

/** What a client requests access to, and what is known of the client. */
export interface AuthorizationRequest {
  /** The client's address, where the transport knows it. */
  readonly peer: string | undefined;
  /** The client's certificate, where the transport has verified one. */
  readonly certificate: ClientCertificate | undefined;
  /** The headers of the HTTP request, such as `authorization`. */
  readonly headers: Headers;
  /** The client as it describes itself, without its list of extensions. Anyone can claim any id. */
  readonly node: Node;
  /** The requested type. */
  readonly typeUrl: string;
  /** The requested names, `xdstp:` names in normal form; `*` stands for all. None: the client subscribes to nothing yet. */
  readonly names: readonly string[];
  /**
   * The path of the method, such as `/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources` or
   * `/v3/discovery:clusters`.
   */
  readonly method: string;
}

/**
 * The decision on a request: nothing or `true` to allow it; `false`, or a reason as text or error, to deny it. The client
 * does not get the reason, except that of a `ConnectError`: with one of code UNAUTHENTICATED the client gets that code.
 */
export type Authorization = boolean | void | string | Error;

/**
 * Decides whether a client may have what it requests, by whatever way it came. A `ConnectError` that it throws denies as
 * one that it returns. Any other is a fault: it denies as well, and goes to `onError`.
 */
export type Authorize = (request: AuthorizationRequest) => Authorization | Promise<Authorization>;

/** What `authorize` has decided since the server was created. */
export interface AuthorizationCounts {
  /** Streams and polls that were refused; those of `failed` and `revoked` are among them. */
  readonly denied: number;
  /** How many of these, because `authorize` threw, took too long, or returned something else than a decision. */
  readonly failed: number;
  /** How many of these were open already, and were ended by a later check. */
  readonly revoked: number;
}
