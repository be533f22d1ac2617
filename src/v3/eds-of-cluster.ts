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
  let name: string | undefined;
  let type = 0;
  const configs: Uint8Array[] = [];
  readFields(bytes, (field, wireType, reader) => {
    if (field === CLUSTER.type && wireType === WireType.Varint) type = reader.int32();
    else if (wireType !== WireType.LengthDelimited) return false;
    else if (field === CLUSTER.name) name ??= reader.string();
    else if (field === CLUSTER.edsConfig) configs.push(reader.bytes());
    else return false;
    return true;
  });
  if (type !== EDS) return undefined;
  let serviceName: string | undefined;
  const sources = new Set<number>();
  for (const config of configs) {
    readFields(config, (field, wireType, reader) => {
      if (wireType !== WireType.LengthDelimited) return false;
      if (field === EDS_CONFIG.serviceName) serviceName ??= reader.string();
      else if (field === EDS_CONFIG.source) addSources(reader.bytes(), sources);
      else return false;
      return true;
    });
  }
  if (FROM_FILE.some((field) => sources.has(field))) return undefined;
  return { name: serviceName || name, isOverAds: OVER_ADS.some((field) => sources.has(field)) };
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

/** The fields of a `ConfigSource` that are set, of those that say where from. */
function addSources(bytes: Uint8Array, sources: Set<number>): void {
  readFields(bytes, (field, wireType) => {
    if (wireType === WireType.LengthDelimited) sources.add(field);
    return false;
  });
}

/** @param read - reads the value of a field, or returns false to have it skipped */
function readFields(
  bytes: Uint8Array,
  read: (field: number, wireType: WireType, reader: BinaryReader) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!read(field, wireType, reader)) reader.skip(wireType, field);
  }
}
