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
  /** The client's reason, without the content of resources, cut off at 4,096 characters. */
  readonly message: string;
  /** The resources of the response that the client rejects, as far as its reason names them. */
  readonly resources: readonly RejectedResource[];
}

/** A resource that a client may have rejected. */
export interface RejectedResource {
  /** The name, as the client spells it. */
  readonly name: string;
  /** Whether the client says so; otherwise its reason just has the name. */
  readonly isCertain: boolean;
}

/** A content that a client is not sent from now on. */
export interface QuarantineInfo {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name, in its normal form. */
  readonly name: string;
  /** The version of the resource. */
  readonly version: string;
  /**
   * `client`: this client rejects it. `others`: most clients of its group do, so it is not tried. `reference`: it refers
   * to a resource that the client is not sent.
   */
  readonly by: "client" | "others" | "reference";
  /** Why, in the words of the client that rejected it, without the content of resources. */
  readonly reason: string;
  /** The version that the client has, or is sent, in its place; undefined if that is not known, or nothing. */
  readonly instead: string | undefined;
}

/** A content that a client may be sent again. */
export interface ReleaseInfo {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name, in its normal form. */
  readonly name: string;
  /** The version that was kept from the client. */
  readonly version: string;
  /**
   * `changed`: it has other content, or was removed. `accepted`: most others accept it. `unsubscribed`: the client no
   * longer subscribes to it. `referenced`: what it refers to is sent. `operator`: someone asked for it.
   */
  readonly why: "changed" | "accepted" | "unsubscribed" | "referenced" | "operator";
}

/** What can be observed of the streams. They are called synchronously; what they throw is the server's to handle. */
export interface StreamCallbacks {
  /** A request has arrived; nothing has been done about it. */
  onRequest?(stream: StreamInfo, request: DiscoveryRequest): void;
  /** A response is about to be sent. */
  onResponse?(stream: StreamInfo, response: OutgoingResponse): void;
  /** The client has accepted a response. That it also works with it is more than xDS can say. */
  onAck?(stream: StreamInfo, ack: AckInfo): void;
  /**
   * The client has rejected a response. It is not sent again as it was: what the client accepts of it is sent without the
   * rest, which is not sent before it changes.
   */
  onNack?(stream: StreamInfo, nack: NackInfo): void;
  /** A content is not sent to the client. */
  onQuarantine?(stream: StreamInfo, content: QuarantineInfo): void;
  /** A content that was not sent to the client may be sent. */
  onRelease?(stream: StreamInfo, content: ReleaseInfo): void;
}

/** A content that a client is not sent. */
export interface QuarantinedStatus extends Omit<QuarantineInfo, "typeUrl"> {
  /** For how long, in milliseconds. */
  readonly forMs: number;
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
  /** For how long that response has been in flight, in milliseconds; undefined if none is. */
  readonly inFlightMs: number | undefined;
  /** What the client NACKed last, unless it has ACKed a response since. */
  readonly nacked: { readonly version: string; readonly message: string } | undefined;
  /** What the client is not sent, the first 100: it, or most of its group, has rejected it. */
  readonly quarantined: readonly QuarantinedStatus[];
  /** Names that the client subscribes to and that do not exist: the first 10, looked for among the first 1,000. */
  readonly missing: readonly string[];
  /** The number of removals that are withheld, since the client may still use the resources. */
  readonly withheldRemovals: number;
  /**
   * Why something has not been sent yet, such as `RouteConfiguration: waits for the ACK of Cluster, at most 12 s more`;
   * undefined if nothing waits.
   */
  readonly waiting: string | undefined;
  /** The same for programs. */
  readonly waitsFor: WaitsFor | undefined;
}

/** What a type on a stream waits for. */
export interface WaitsFor {
  /** What has to wait: all of the type, its changes, or its removals. */
  readonly what: "configuration" | "changes" | "removals";
  /** The type URL of the type that it waits for; undefined where it waits for the cache. */
  readonly typeUrl: string | undefined;
  /**
   * `cache`: the cache has no configuration for the client. `group`: nor has it one for the group that the client has
   * moved to. `ack`: the client has not ACKed the other type. `unsent`, `removals`: changes or removals of the other type
   * have to be sent first. `dependencies`: the client has not received what the other type refers to. `nack`: the client
   * rejects the other type.
   */
  readonly reason: "cache" | "group" | "ack" | "unsent" | "dependencies" | "nack" | "removals";
  /** For how long it waits at most, from now, in milliseconds; undefined: without a limit. */
  readonly forMs: number | undefined;
}
