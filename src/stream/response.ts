import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { View } from "../cache/mod.ts";
import { deltaRecordWithoutTtl, heartbeatRecord, type Resource, unknownRecord } from "../resource/mod.ts";
import { MadeResponse, type OutgoingResponse } from "./outgoing-response.ts";
import type { Variant } from "./request.ts";
import { SharedContents } from "./shared-contents.ts";

export type { OutgoingResponse } from "./outgoing-response.ts";

/** The content of a response. */
export interface ResponseContent {
  readonly typeUrl: string;
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly removed: readonly string[];
  /** Default: none. */
  readonly unknown?: readonly string[];
}

/** The form of a response. */
export interface ResponseForm {
  /** The client can read a ttl. */
  readonly ttl: boolean;
  /** Delta: the resources are sent without their content, as a heartbeat. Default: false. */
  readonly heartbeat?: boolean;
}

/** gRPC's prefix of a message: a flag (0: not compressed) and the length in four bytes. */
export const GRPC_PREFIX_LENGTH = 5;

/**
 * Makes responses, each once for all streams of a server that are sent it.
 *
 * A nonce only has to be unique within its stream. Here it belongs to the response, so that streams share all bytes.
 *
 * Invariant: a stream is never sent the same response twice; it would get a new one with another nonce.
 */
export class ResponseFactory {
  readonly #shared = new WeakMap<View, SharedResponses>();
  /** Of all views: where nodes have snapshots with equal resources, these are the same objects. */
  readonly #contents = new SharedContents<OutgoingResponse>();
  readonly #tails: Readonly<Record<Variant, Uint8Array>>;
  readonly #noncePrefix = Math.random().toString(36).slice(2, 8);
  #serial = 0;

  /** @param options.identifier - sent as `control_plane.identifier`; empty: nothing is sent */
  constructor({ identifier }: { readonly identifier: string }) {
    this.#tails = { sotw: controlPlane(FIELDS.sotw, identifier), delta: controlPlane(FIELDS.delta, identifier) };
  }

  /** A response for one stream alone. */
  make(variant: Variant, content: ResponseContent, { ttl, heartbeat = false }: ResponseForm): OutgoingResponse {
    const serial = ++this.#serial;
    const nonce = `${this.#noncePrefix}-${serial}`;
    const frame = this.#encode(variant, content, nonce, { ttl, heartbeat });
    const ttlMs = ttl ? shortestTtl(content.resources) : undefined;
    return new MadeResponse({ unknown: NO_NAMES, ...content, nonce, serial, frame, heartbeat, ttlMs });
  }

  /**
   * A response that other streams are sent as well.
   *
   * @param view - the view that it is made from
   * @param key - equal for responses with the same content at the view's present revision
   * @param lastSerial - the serial of the last response on the stream
   */
  share(view: View, key: string, lastSerial: number, make: () => OutgoingResponse): OutgoingResponse {
    const { responses } = this.#sharedOf(view);
    let response = responses.get(key)?.deref();
    if (response === undefined || response.serial <= lastSerial) {
      response = make();
      responses.set(key, new WeakRef(response));
      if (responses.size > MAX_SHARED) responses.delete(responses.keys().next().value!);
    }
    return response;
  }

  /** A response that streams of any view are sent which are to have the same content. */
  shareContent({ form, content, lastSerial }: SharedForm, make: () => OutgoingResponse): OutgoingResponse {
    const kind = `${form} ${content.typeUrl} ${content.version}`;
    return this.#contents.share({ kind, content, lastSerial }, make);
  }

  #sharedOf(view: View): SharedResponses {
    let shared = this.#shared.get(view);
    if (shared === undefined || shared.revision !== view.revision || shared.version !== view.version) {
      shared = { revision: view.revision, version: view.version, responses: new Map() };
      this.#shared.set(view, shared);
    }
    return shared;
  }

  #encode(variant: Variant, content: ResponseContent, nonce: string, form: Required<ResponseForm>): Uint8Array {
    const fields = FIELDS[variant];
    const head = new BinaryWriter();
    head.tag(fields.version, WireType.LengthDelimited).string(content.version);
    head.tag(fields.typeUrl, WireType.LengthDelimited).string(content.typeUrl);
    head.tag(fields.nonce, WireType.LengthDelimited).string(nonce);
    for (const name of content.removed) head.tag(FIELDS.delta.removed, WireType.LengthDelimited).string(name);
    const records = content.resources.map((resource) => recordOf(variant, resource, form));
    for (const alias of content.unknown ?? NO_NAMES) records.push(unknownRecord(alias));
    records.push(head.finish(), this.#tails[variant]);
    return grpcFrame(records);
  }
}

/** A content, and how it is written. */
export interface SharedForm {
  /** Equal for responses in which the same content has the same bytes. */
  readonly form: string;
  readonly content: ResponseContent;
  /** The serial of the last response on the stream. */
  readonly lastSerial: number;
}

/**
 * The responses that were made from one state of a view. They are held only weakly: once no stream has one in flight, its
 * bytes are those of the resources once more, for each view.
 */
interface SharedResponses {
  readonly revision: number;
  readonly version: string;
  readonly responses: Map<string, WeakRef<OutgoingResponse>>;
}

const NO_NAMES: readonly string[] = [];
/** Streams in sync share one response; a few more positions are usual while some lag behind. */
const MAX_SHARED = 16;

const FIELDS = {
  sotw: { version: 1, typeUrl: 4, nonce: 5, controlPlane: 6 },
  delta: { version: 1, typeUrl: 4, nonce: 5, removed: 6, controlPlane: 7 },
};

function recordOf(variant: Variant, resource: Resource, { ttl, heartbeat }: Required<ResponseForm>): Uint8Array {
  if (heartbeat) return heartbeatRecord(resource);
  const hasTtl = ttl && resource.ttlMs !== undefined;
  if (variant === "sotw") return hasTtl ? resource.wrappedRecord : resource.anyRecord;
  return hasTtl || resource.ttlMs === undefined ? resource.deltaRecord : deltaRecordWithoutTtl(resource);
}

function shortestTtl(resources: readonly Resource[]): number | undefined {
  let shortest: number | undefined;
  for (const { ttlMs } of resources) {
    if (ttlMs !== undefined && (shortest === undefined || ttlMs < shortest)) shortest = ttlMs;
  }
  return shortest;
}

function controlPlane(fields: { readonly controlPlane: number }, identifier: string): Uint8Array {
  if (identifier === "") return new Uint8Array();
  const writer = new BinaryWriter().tag(fields.controlPlane, WireType.LengthDelimited).fork();
  return writer.tag(1, WireType.LengthDelimited).string(identifier).join().finish();
}

function grpcFrame(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const frame = new Uint8Array(GRPC_PREFIX_LENGTH + length);
  new DataView(frame.buffer).setUint32(1, length);
  let at = GRPC_PREFIX_LENGTH;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}
