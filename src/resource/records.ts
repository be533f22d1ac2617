import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** What a record is made of. */
export interface RecordSource {
  readonly typeUrl: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

// Field numbers of envoy.service.discovery.v3: responses are put together from ready-made records, so that nothing is
// encoded, or even looked at, once per stream.
/** `resources`, in both kinds of response. */
const RESPONSE_RESOURCES = 2;
const RESOURCE = { version: 1, resource: 2, name: 3, aliases: 4, ttl: 6 };
const ANY = { typeUrl: 1, value: 2 };
const DURATION = { seconds: 1, nanos: 2 };

/** `DiscoveryResponse.resources`: an `Any` that holds the message. */
export function anyRecord(source: RecordSource): Uint8Array {
  return field(RESPONSE_RESOURCES, any(source.typeUrl, source.bytes));
}

/** `DiscoveryResponse.resources`: an `Any` that holds a `Resource`, for clients that can read a ttl from it. */
export function wrappedRecord(source: RecordSource): Uint8Array {
  return field(RESPONSE_RESOURCES, any(WRAPPER_TYPE, wrapper(source)));
}

/** `DeltaDiscoveryResponse.resources`: a `Resource`. */
export function deltaRecord(source: RecordSource): Uint8Array {
  return field(RESPONSE_RESOURCES, wrapper(source));
}

/** The same without the ttl, for clients that cannot be told later that it goes on. */
export function deltaRecordWithoutTtl({ typeUrl, name, version, bytes, aliases }: RecordSource): Uint8Array {
  return field(RESPONSE_RESOURCES, wrapper({ typeUrl, name, version, bytes, aliases, ttlMs: undefined }));
}

/**
 * `DeltaDiscoveryResponse.resources`: a `Resource` without content; the one that the client has lives on for another
 * ttl. Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#ttl
 */
export function heartbeatRecord(source: RecordSource): Uint8Array {
  return field(RESPONSE_RESOURCES, wrapper(source, false));
}

/** `DeltaDiscoveryResponse.resources`: a `Resource` without content, named by an alias that stands for nothing. */
export function unknownRecord(alias: string): Uint8Array {
  const writer = new BinaryWriter()
    .tag(RESOURCE.name, WireType.LengthDelimited).string(alias)
    .tag(RESOURCE.aliases, WireType.LengthDelimited).string(alias);
  return field(RESPONSE_RESOURCES, writer.finish());
}

const WRAPPER_TYPE = "type.googleapis.com/envoy.service.discovery.v3.Resource";

function wrapper(source: RecordSource, withContent = true): Uint8Array {
  const writer = new BinaryWriter();
  if (source.version !== "") writer.tag(RESOURCE.version, WireType.LengthDelimited).string(source.version);
  if (withContent) writer.tag(RESOURCE.resource, WireType.LengthDelimited).bytes(any(source.typeUrl, source.bytes));
  writer.tag(RESOURCE.name, WireType.LengthDelimited).string(source.name);
  for (const alias of source.aliases) writer.tag(RESOURCE.aliases, WireType.LengthDelimited).string(alias);
  if (source.ttlMs !== undefined) {
    writer.tag(RESOURCE.ttl, WireType.LengthDelimited).fork();
    writer.tag(DURATION.seconds, WireType.Varint).int64(Math.floor(source.ttlMs / 1000));
    writer.tag(DURATION.nanos, WireType.Varint).int32(Math.round((source.ttlMs % 1000) * 1e6));
    writer.join();
  }
  return writer.finish();
}

function any(typeUrl: string, value: Uint8Array): Uint8Array {
  return new BinaryWriter()
    .tag(ANY.typeUrl, WireType.LengthDelimited).string(typeUrl)
    .tag(ANY.value, WireType.LengthDelimited).bytes(value)
    .finish();
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
}
