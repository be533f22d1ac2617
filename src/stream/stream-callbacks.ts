import type { Node } from "../cache/mod.ts";
import type { ClientCertificate } from "./client-certificate.ts";
import type { DiscoveryRequest, Variant } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";

/** A stream, as it is shown to callbacks and in the status. */
export interface StreamInfo {
  /** Unique within the server. */
  readonly id: number;
  /** State of the world, or delta. */
  readonly variant: Variant;
  /** The type that the service serves; undefined on ADS. */
  readonly typeUrl: string | undefined;
  /** The client, without its list of extensions; undefined before the first request. */
  readonly node: Node | undefined;
  /** The client's address, where the transport knows it. */
  readonly peer: string | undefined;
  /** The client's certificate, where the transport has verified one. */
  readonly certificate: ClientCertificate | undefined;
}

/** The client has accepted a response, or rejected it. */
export interface AckInfo {
  /** The type of the response. */
  readonly typeUrl: string;
  /** The `version_info` of the response; in delta, its `system_version_info`. */
  readonly version: string;
  /** The nonce of the response. */
  readonly nonce: string;
  /** The response in question. */
  readonly response: OutgoingResponse;
}

/** The client has rejected a response. */
export interface NackInfo extends AckInfo {
  /** The code of `error_detail`; clients differ in what they put there. */
  readonly code: number;
  /** The client's reason, cut off at 4,096 characters. */
  readonly message: string;
}

/** What can be observed of the streams. They are called synchronously; what they throw is the server's to handle. */
export interface StreamCallbacks {
  /** A request has arrived; nothing has been done about it. */
  onRequest?(stream: StreamInfo, request: DiscoveryRequest): void;
  /** A response is about to be sent. */
  onResponse?(stream: StreamInfo, response: OutgoingResponse): void;
  /** The client has accepted a response. That it also works with it is more than xDS can say. */
  onAck?(stream: StreamInfo, ack: AckInfo): void;
  /** The client has rejected a response. It is not sent again before its content changes. */
  onNack?(stream: StreamInfo, nack: NackInfo): void;
}

/** The state of one type on a stream. */
export interface SubscriptionStatus {
  /** The type URL. */
  readonly typeUrl: string;
  /** Whether the client subscribes to all resources. */
  readonly wildcard: boolean;
  /** The number of names that the client subscribes to. */
  readonly names: number;
  /** The version that the client ACKed last; undefined before. */
  readonly acked: string | undefined;
  /** The version of the response that the client has neither ACKed nor NACKed. */
  readonly inFlight: string | undefined;
  /** What the client NACKed last, unless it has ACKed a response since. */
  readonly nacked: { readonly version: string; readonly message: string } | undefined;
  /** The number of removals that are withheld, since the client may still use the resources. */
  readonly withheldRemovals: number;
  /**
   * Why something has not been sent yet, such as `RouteConfiguration: waits for the ACK of Cluster, at most 12 s more`;
   * undefined if nothing waits.
   */
  readonly waiting: string | undefined;
}
