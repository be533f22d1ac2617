import { WireType } from "@bufbuild/protobuf/wire";
import { write } from "./encode.ts";
import type { ByteWriter } from "./encoding/byte-writer.ts";
import { contentHash, contentHashIn } from "./hash.ts";

/** What a record has beside the content. */
export interface RecordFields {
  readonly typeUrl: string;
  readonly name: string;
  /** Default: a hash of the content, the aliases and the ttl. */
  readonly version: string | undefined;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

/** The content of a record, and what it has beside. */
export interface RecordSource extends RecordFields {
  readonly bytes: Uint8Array;
}

// Tags of envoy.service.discovery.v3. Responses are concatenated from records that are made once, so that resources are
// not encoded again for each stream.
/** `resources`, in both kinds of response. */
const RESPONSE_RESOURCES = delimited(2);
const RESOURCE = {
  version: delimited(1),
  resource: delimited(2),
  name: delimited(3),
  aliases: delimited(4),
  ttl: delimited(6),
};
const ANY = { typeUrl: delimited(1), value: delimited(2) };
const DURATION = { seconds: 1 << 3 | WireType.Varint, nanos: 2 << 3 | WireType.Varint };

/**
 * The records of a resource, all in the memory of the one for delta. In it are the content, and the `Any` around it with
 * the tag of `Resource.resource`, which has the same number as `DiscoveryResponse.resources`.
 */
export class ResourceRecords {
  /** `DeltaDiscoveryResponse.resources`: a `Resource`. */
  readonly delta: Uint8Array;
  /** The version of the resource. */
  readonly version: string;
  // Not an object, which each resource would have.
  readonly #wrapperAt: number;
  readonly #anyAt: number;
  readonly #contentAt: number;
  readonly #endAt: number;
  #bytes: Uint8Array | undefined = undefined;
  #wrapped: Uint8Array | undefined = undefined;

  /**
   * Makes the record for delta.
   *
   * @param fields - what it has beside the content
   * @param writeContent - writes the encoded message
   */
  constructor(fields: RecordFields, writeContent: (writer: ByteWriter) => void) {
    const { delta, version, places } = write((writer) => makeRecord(writer, fields, writeContent));
    this.delta = delta;
    this.version = version;
    this.#wrapperAt = places.wrapper;
    this.#anyAt = places.any;
    this.#contentAt = places.content;
    this.#endAt = places.end;
  }

  /** The content. */
  get bytes(): Uint8Array {
    return this.#bytes ??= this.delta.subarray(this.#contentAt, this.#endAt);
  }

  /** `DiscoveryResponse.resources`: an `Any` with the content. Made anew each time, since a view takes 100 bytes. */
  get any(): Uint8Array {
    return this.delta.subarray(this.#anyAt, this.#endAt);
  }

  /** `DiscoveryResponse.resources`: an `Any` with a `Resource`, for clients that can read its ttl. */
  get wrapped(): Uint8Array {
    return this.#wrapped ??= write((writer) => {
      const wrapper = this.delta.subarray(this.#wrapperAt);
      writer.raw(wrapper);
      writeAnyAround(writer, WRAPPER_TYPE, 0);
      return writer.copy();
    });
  }
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without its ttl, for clients that do not support heartbeats. */
export function deltaRecordWithoutTtl(source: RecordSource): Uint8Array {
  const { typeUrl, name, version, aliases } = source;
  const fields = { typeUrl, name, version, aliases, ttlMs: undefined };
  return new ResourceRecords(fields, (writer) => writer.raw(source.bytes)).delta;
}

/**
 * `DeltaDiscoveryResponse.resources`: a heartbeat, which is a `Resource` without content; it renews the ttl of the one
 * that the client has. Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
export function heartbeatRecord({ name, version, aliases, ttlMs }: RecordSource): Uint8Array {
  return write((writer) => {
    writeTtlAndAliases(writer, ttlMs, aliases);
    writeName(writer, name);
    return finish(writer, version ?? "").delta;
  });
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without content, for an alias that no resource matches. */
export function unknownRecord(alias: string): Uint8Array {
  return write((writer) => {
    writeTtlAndAliases(writer, undefined, [alias]);
    writeName(writer, alias);
    return finish(writer, "").delta;
  });
}

const WRAPPER_TYPE = "type.googleapis.com/envoy.service.discovery.v3.Resource";

/** Where the parts of a record begin in it, and where the content ends. */
interface Places {
  readonly wrapper: number;
  readonly any: number;
  readonly content: number;
  readonly end: number;
}

/** Writes a record from its end to its beginning; the version is known when the content has been written. */
function makeRecord(
  writer: ByteWriter,
  { typeUrl, name, version: given, ttlMs, aliases }: RecordFields,
  writeContent: (writer: ByteWriter) => void,
): { readonly delta: Uint8Array; readonly version: string; readonly places: Places } {
  writeTtlAndAliases(writer, ttlMs, aliases);
  const others = writer.size;
  writeName(writer, name);
  const end = writer.size;
  writeContent(writer);
  const content = writer.size;
  const version = given ?? versionOf(writer, { others, end });
  writeAnyAround(writer, typeUrl, end);
  const any = writer.size;
  const { delta, wrapper } = finish(writer, version);
  const size = delta.length;
  return {
    delta,
    version,
    places: { wrapper: size - wrapper, any: size - any, content: size - content, end: size - end },
  };
}

/** @returns the record, and the size of the `Resource` in it */
function finish(writer: ByteWriter, version: string): { readonly delta: Uint8Array; readonly wrapper: number } {
  if (version !== "") {
    writer.string(version);
    writer.uint32(RESOURCE.version);
  }
  const wrapper = writer.size;
  writer.uint32(wrapper);
  writer.uint32(RESPONSE_RESOURCES);
  return { delta: writer.copy(), wrapper };
}

/** Writes the rest of an `Any` and its tag: `resource` of a `Resource`, or `resources` of a response. */
function writeAnyAround(writer: ByteWriter, typeUrl: string, end: number): void {
  if (writer.size > end) {
    writer.uint32(writer.size - end);
    writer.uint32(ANY.value);
  }
  writer.string(typeUrl);
  writer.uint32(ANY.typeUrl);
  writer.uint32(writer.size - end);
  writer.uint32(RESOURCE.resource);
}

function writeName(writer: ByteWriter, name: string): void {
  writer.string(name);
  writer.uint32(RESOURCE.name);
}

function writeTtlAndAliases(writer: ByteWriter, ttlMs: number | undefined, aliases: readonly string[]): void {
  if (ttlMs !== undefined) {
    writeDuration(writer, ttlMs);
    writer.uint32(writer.size);
    writer.uint32(RESOURCE.ttl);
  }
  for (let i = aliases.length - 1; i >= 0; i--) {
    writer.string(aliases[i]!);
    writer.uint32(RESOURCE.aliases);
  }
}

function writeDuration(writer: ByteWriter, ms: number): void {
  const rounded = Math.round((ms % 1000) * 1e6);
  const seconds = Math.floor(ms / 1000) + Math.floor(rounded / 1e9);
  const nanos = rounded % 1e9;
  if (nanos > 0) {
    writer.uint32(nanos);
    writer.uint32(DURATION.nanos);
  }
  if (seconds > 0) {
    writer.uint64(seconds >>> 0, Math.floor(seconds / 2 ** 32));
    writer.uint32(DURATION.seconds);
  }
}

/** The hash of the content, and of the ttl and the aliases if there are any. */
function versionOf(writer: ByteWriter, { others, end }: { readonly others: number; readonly end: number }): string {
  const hash = writer.read(end, contentHashIn);
  if (others === 0) return hash;
  return contentHash(encoder.encode(
    hash + writer.read(0, (bytes, _, last) => {
      return contentHashIn(bytes, last - others, last);
    }),
  ));
}

const encoder = new TextEncoder();

function delimited(number: number): number {
  return number << 3 | WireType.LengthDelimited;
}
