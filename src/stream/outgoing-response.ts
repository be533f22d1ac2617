import { INSPECT, type Resource } from "../resource/mod.ts";

/** A response as it is sent: the same object for all streams that are sent the same. */
export interface OutgoingResponse {
  /** The type of all its resources. */
  readonly typeUrl: string;
  /** Unique on each stream that the response is sent on. */
  readonly nonce: string;
  /** SotW `version_info`, delta `system_version_info`. */
  readonly version: string;
  /** The message behind gRPC's prefix of five bytes. Shared between streams, so never to be written to. */
  readonly frame: Uint8Array;
  /** Its resources, without those that {@link unknown} names. */
  readonly resources: readonly Resource[];
  /** Delta: the names of `removed_resources`. */
  readonly removed: readonly string[];
  /** Delta: aliases without a target, sent as resources without content. */
  readonly unknown: readonly string[];
  /** Delta: it has no content, and only renews the ttl of its resources. */
  readonly heartbeat: boolean;
  /** The shortest ttl in the response, in milliseconds. */
  readonly ttlMs: number | undefined;
  /** Grows with each response that is made, and so along each stream: the nonce as a number. */
  readonly serial: number;
}

/** A response that shows no content of its resources, wherever a callback or a log writes it. */
export class MadeResponse implements OutgoingResponse {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly version: string;
  readonly frame: Uint8Array;
  readonly resources: readonly Resource[];
  readonly removed: readonly string[];
  readonly unknown: readonly string[];
  readonly heartbeat: boolean;
  readonly ttlMs: number | undefined;
  readonly serial: number;

  constructor(response: OutgoingResponse) {
    this.typeUrl = response.typeUrl;
    this.nonce = response.nonce;
    this.version = response.version;
    this.frame = response.frame;
    this.resources = response.resources;
    this.removed = response.removed;
    this.unknown = response.unknown;
    this.heartbeat = response.heartbeat;
    this.ttlMs = response.ttlMs;
    this.serial = response.serial;
  }

  /** Everything but the frame, of which the size is shown. */
  toJSON(): object {
    const { frame, ...rest } = this;
    return { ...rest, size: frame.length };
  }

  toString(): string {
    return `OutgoingResponse(${JSON.stringify(this)})`;
  }

  [INSPECT](): string {
    return this.toString();
  }
}
