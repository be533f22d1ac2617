import type { Node } from "../cache/mod.ts";
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

/** What a stream has of one type. */
export interface SubscriptionStatus {
  /** The type that the client is subscribed to. */
  readonly typeUrl: string;
  /** Whether the client is subscribed to all resources of the type. */
  readonly wildcard: boolean;
  /** How many names the client is subscribed to. */
  readonly names: number;
  /** The version that the client accepted last. */
  readonly acked: string | undefined;
  /** The version that the client has not answered yet. */
  readonly outstanding: string | undefined;
  /** What the client rejected last, unless it has accepted something since. */
  readonly nacked: { readonly version: string; readonly message: string } | undefined;
  /** How many resources are gone without the client being told yet, since it may still refer to them. */
  readonly kept: number;
}
