import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { allocate } from "./slab.ts";

/** The content of a record. */
export interface RecordSource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

// Field numbers of envoy.service.discovery.v3. Responses are concatenated from records that are made once, so that
// resources are not encoded again for each stream.
/** `resources`, in both kinds of response. */
const RESPONSE_RESOURCES = 2;
const RESOURCE = { version: 1, resource: 2, name: 3, aliases: 4, ttl: 6 };
const ANY = { typeUrl: 1, value: 2 };
const DURATION = { seconds: 1, nanos: 2 };

/** `DiscoveryResponse.resources`: an `Any` with the message. */
export function anyRecord({ typeUrl, bytes }: RecordSource): Uint8Array {
  const url = encodedTypeUrl(typeUrl);
  const size = anySize(url, bytes.length);
  const record = new RecordWriter(fieldSize(size)).field(RESPONSE_RESOURCES, size);
  return record.raw(url).field(ANY.value, bytes.length).raw(bytes).finish();
}

/** `DiscoveryResponse.resources`: an `Any` with a `Resource`, for clients that can read its ttl. */
export function wrappedRecord(source: RecordSource): Uint8Array {
  return anyRecord({ ...source, typeUrl: WRAPPER_TYPE, bytes: wrapper(source).finish() });
}

/** `DeltaDiscoveryResponse.resources`: a `Resource`. */
export function deltaRecord(source: RecordSource): Uint8Array {
  return wrapper(source, { prefixed: true }).finish();
}

/** The same without the ttl, for clients that do not support heartbeats. */
export function deltaRecordWithoutTtl({ typeUrl, name, version, bytes, aliases }: RecordSource): Uint8Array {
  return deltaRecord({ typeUrl, name, version, bytes, aliases, ttlMs: undefined });
}

/**
 * `DeltaDiscoveryResponse.resources`: a heartbeat, which is a `Resource` without content; it renews the ttl of the one
 * that the client has. Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
export function heartbeatRecord(source: RecordSource): Uint8Array {
  return wrapper(source, { prefixed: true, content: false }).finish();
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without content, for an alias that no resource matches. */
export function unknownRecord(alias: string): Uint8Array {
  const source = { typeUrl: "", name: alias, version: "", bytes: NOTHING, aliases: [alias], ttlMs: undefined };
  return wrapper(source, { prefixed: true, content: false }).finish();
}

const NOTHING = new Uint8Array();
const WRAPPER_TYPE = "type.googleapis.com/envoy.service.discovery.v3.Resource";

/** Writes a `Resource`; as an entry of a response if it is `prefixed`. */
function wrapper(
  { typeUrl, name, version, bytes, aliases, ttlMs }: RecordSource,
  { prefixed = false, content = true }: { readonly prefixed?: boolean; readonly content?: boolean } = {},
): RecordWriter {
  const url = encodedTypeUrl(typeUrl);
  const strings = { version: encoder.encode(version), name: encoder.encode(name) };
  const others = aliases.map((alias) => encoder.encode(alias));
  const ttl = ttlMs === undefined ? undefined : duration(ttlMs);
  const inner = anySize(url, bytes.length);
  let size = fieldSize(strings.name.length);
  if (version !== "") size += fieldSize(strings.version.length);
  if (content) size += fieldSize(inner);
  for (const alias of others) size += fieldSize(alias.length);
  if (ttl !== undefined) size += fieldSize(ttl.length);
  const record = new RecordWriter(prefixed ? fieldSize(size) : size);
  if (prefixed) record.field(RESPONSE_RESOURCES, size);
  if (version !== "") record.field(RESOURCE.version, strings.version.length).raw(strings.version);
  if (content) record.field(RESOURCE.resource, inner).raw(url).field(ANY.value, bytes.length).raw(bytes);
  record.field(RESOURCE.name, strings.name.length).raw(strings.name);
  for (const alias of others) record.field(RESOURCE.aliases, alias.length).raw(alias);
  if (ttl !== undefined) record.field(RESOURCE.ttl, ttl.length).raw(ttl);
  return record;
}

function duration(ms: number): Uint8Array {
  return new BinaryWriter()
    .tag(DURATION.seconds, WireType.Varint).int64(Math.floor(ms / 1000))
    .tag(DURATION.nanos, WireType.Varint).int32(Math.round((ms % 1000) * 1e6))
    .finish();
}

/** The field `type_url` of an `Any`, encoded once for each type, of which there are fewer than the limit. */
function encodedTypeUrl(typeUrl: string): Uint8Array {
  let encoded = typeUrls.get(typeUrl);
  if (encoded === undefined) {
    encoded = new BinaryWriter().tag(ANY.typeUrl, WireType.LengthDelimited).string(typeUrl).finish();
    if (typeUrls.size < MAX_TYPE_URLS) typeUrls.set(typeUrl, encoded);
  }
  return encoded;
}

const typeUrls = new Map<string, Uint8Array>();
const MAX_TYPE_URLS = 1000;
const encoder = new TextEncoder();

function anySize(typeUrl: Uint8Array, length: number): number {
  return typeUrl.length + fieldSize(length);
}

/** The length of a length-delimited field, in bytes. */
function fieldSize(length: number): number {
  return TAG_SIZE + varintSize(length) + length;
}

/** The length of a tag, in bytes: of field numbers up to 15. */
const TAG_SIZE = 1;

function varintSize(value: number): number {
  let size = 1;
  for (; value > 127; value = Math.floor(value / 128)) size++;
  return size;
}

/**
 * Writes into memory of the right size, since a record is retained as long as its resource.
 *
 * Invariant: `0 <= #at <= size`; `finish` is called when they are equal.
 */
class RecordWriter {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(size: number) {
    this.#bytes = allocate(size);
  }

  /** Writes the tag and the length of a length-delimited field. */
  field(number: number, length: number): this {
    this.#bytes[this.#at++] = number << 3 | WireType.LengthDelimited;
    let rest = length;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = rest % 128 | 128;
    this.#bytes[this.#at++] = rest;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes;
  }
}
