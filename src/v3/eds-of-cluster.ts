import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** What a cluster says about where its endpoints come from. */
export interface EdsOfCluster {
  /** The name that it subscribes to: its `service_name`, or its own. */
  readonly name: string | undefined;
  /** They are sent on the same stream as the cluster. */
  readonly isOverAds: boolean;
}

/**
 * Reads an encoded `envoy.config.cluster.v3.Cluster` once, without a schema: a first sync does so for each cluster.
 *
 * @returns undefined for a cluster that is not of type EDS, or that reads its endpoints from a file of the client
 */
export function edsOfCluster(bytes: Uint8Array): EdsOfCluster | undefined {
  const reader = new BinaryReader(bytes);
  let type = 0;
  let name: Uint8Array | undefined;
  let serviceName: Uint8Array | undefined;
  let isFromFile = false;
  let isOverAds = false;
  readFields(reader, reader.len, (field, wireType) => {
    if (field === CLUSTER.type && wireType === WireType.Varint) type = reader.int32();
    else if (wireType !== WireType.LengthDelimited) return false;
    else if (field === CLUSTER.name) name ??= reader.bytes();
    else if (field === CLUSTER.edsConfig) readFields(reader, endOf(reader), readConfig);
    else return false;
    return true;
  });
  if (type !== EDS || isFromFile) return undefined;
  return { name: textOf(serviceName) || textOf(name), isOverAds };

  function readConfig(field: number, wireType: WireType): boolean {
    if (wireType !== WireType.LengthDelimited) return false;
    if (field === EDS_CONFIG.serviceName) serviceName ??= reader.bytes();
    else if (field === EDS_CONFIG.source) readFields(reader, endOf(reader), readSource);
    else return false;
    return true;
  }

  function readSource(field: number, wireType: WireType): boolean {
    if (wireType === WireType.LengthDelimited) {
      isFromFile ||= FROM_FILE.includes(field);
      isOverAds ||= OVER_ADS.includes(field);
    }
    return false;
  }
}

/** Fields of `Cluster`. */
const CLUSTER = { name: 1, type: 2, edsConfig: 3 };
/** `Cluster.DiscoveryType.EDS`. */
const EDS = 3;
/** Fields of `Cluster.EdsClusterConfig`. */
const EDS_CONFIG = { source: 1, serviceName: 2 };
/** Fields of `ConfigSource` for a file: `path` and `path_config_source`. */
const FROM_FILE = [1, 8];
/** Fields of `ConfigSource` for the same stream: `ads` and `self`. */
const OVER_ADS = [3, 5];

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes);
}

/** Where the message ends that begins with its length here. */
function endOf(reader: BinaryReader): number {
  return reader.uint32() + reader.pos;
}

/** @param read - reads the value of a field, or returns false to have it skipped */
function readFields(reader: BinaryReader, end: number, read: (field: number, wireType: WireType) => boolean): void {
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (!read(field, wireType)) reader.skip(wireType, field);
  }
}
