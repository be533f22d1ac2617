import { WireType } from "@bufbuild/protobuf/wire";
import { write } from "./encode.ts";
import type { ByteWriter } from "./encoding/byte-writer.ts";
import { contentHash, contentHashIn } from "./hash.ts";
import type { Place } from "./slab.ts";

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
 * `DeltaDiscoveryResponse.resources`: a `Resource`. The other records of a resource are in its memory: the content, and the
 * `Any` around it with the tag of `Resource.resource`, which has the same number as `DiscoveryResponse.resources`. Where
 * they begin is read from it, since each resource would have to hold these numbers.
 */
export interface RecordPlace extends Place {
  readonly size: number;
}

/**
 * Makes the record for delta.
 *
 * @param fields - what it has beside the content
 * @param writeContent - writes the encoded message
 */
export function makeRecord(
  fields: RecordFields,
  writeContent: (writer: ByteWriter) => void,
): RecordPlace & { readonly version: string } {
  return write((writer) => {
    const version = writeRecord(writer, fields, writeContent);
    const { memory, at } = writer.store();
    return { memory, at, size: writer.size, version };
  });
}

/** The content in a record for delta. */
export function contentIn(memory: Uint8Array, at: number): Uint8Array {
  const any = startOfAny(memory, at);
  const end = afterField(memory, any);
  const value = afterField(memory, afterLength(memory, any + 1));
  return memory.subarray(value < end ? afterLength(memory, value + 1) : end, end);
}

/** `DiscoveryResponse.resources`, in a record for delta: an `Any` with the content. */
export function anyIn(memory: Uint8Array, at: number): Uint8Array {
  const any = startOfAny(memory, at);
  return memory.subarray(any, afterField(memory, any));
}

/** `DiscoveryResponse.resources`: an `Any` with the `Resource` of a record, for clients that can read its ttl. */
export function wrappedRecord(memory: Uint8Array, at: number): Uint8Array {
  const wrapper = memory.subarray(afterLength(memory, at + 1), afterField(memory, at));
  return write((writer) => {
    writer.raw(wrapper);
    writeAnyAround(writer, WRAPPER_TYPE, 0);
    return writer.copy();
  });
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without its ttl, for clients that do not support heartbeats. */
export function deltaRecordWithoutTtl(source: RecordSource): Uint8Array {
  const { typeUrl, name, version, aliases } = source;
  const fields = { typeUrl, name, version, aliases, ttlMs: undefined };
  return write((writer) => {
    writeRecord(writer, fields, (each) => each.raw(source.bytes));
    return writer.copy();
  });
}

/**
 * `DeltaDiscoveryResponse.resources`: a heartbeat, which is a `Resource` without content; it renews the ttl of the one
 * that the client has. Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
export function heartbeatRecord({ name, version, aliases, ttlMs }: RecordSource): Uint8Array {
  return write((writer) => {
    writeTtlAndAliases(writer, ttlMs, aliases);
    writeName(writer, name);
    writeVersion(writer, version ?? "");
    return writer.copy();
  });
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without content, for an alias that no resource matches. */
export function unknownRecord(alias: string): Uint8Array {
  return write((writer) => {
    writeTtlAndAliases(writer, undefined, [alias]);
    writeName(writer, alias);
    writeVersion(writer, "");
    return writer.copy();
  });
}

const WRAPPER_TYPE = "type.googleapis.com/envoy.service.discovery.v3.Resource";

/** Writes a record from its end to its beginning; the version is known when the content has been written. */
function writeRecord(
  writer: ByteWriter,
  { typeUrl, name, version: given, ttlMs, aliases }: RecordFields,
  writeContent: (writer: ByteWriter) => void,
): string {
  writeTtlAndAliases(writer, ttlMs, aliases);
  const others = writer.size;
  writeName(writer, name);
  const end = writer.size;
  writeContent(writer);
  const version = given ?? versionOf(writer, { others, end });
  writeAnyAround(writer, typeUrl, end);
  writeVersion(writer, version);
  return version;
}

/** Writes the version, and what a record begins with. */
function writeVersion(writer: ByteWriter, version: string): void {
  if (version !== "") {
    writer.string(version);
    writer.uint32(RESOURCE.version);
  }
  writer.uint32(writer.size);
  writer.uint32(RESPONSE_RESOURCES);
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

/** Where the `Any` in a record begins, with its tag. */
function startOfAny(memory: Uint8Array, at: number): number {
  const wrapper = afterLength(memory, at + 1);
  return memory[wrapper] === RESOURCE.version ? afterField(memory, wrapper) : wrapper;
}

/** Where a field with a length ends. @param at - its tag, of one byte */
function afterField(memory: Uint8Array, at: number): number {
  let length = 0;
  let end = at + 1;
  // Not by shifts, which have 32 bits with a sign.
  for (let factor = 1;; factor *= 128) {
    const byte = memory[end++]!;
    length += (byte & 127) * factor;
    if (byte < 128) return end + length;
  }
}

/** Where a varint ends. */
function afterLength(memory: Uint8Array, at: number): number {
  let end = at;
  while (memory[end]! > 127) end++;
  return end + 1;
}

const encoder = new TextEncoder();

function delimited(number: number): number {
  return number << 3 | WireType.LengthDelimited;
}
