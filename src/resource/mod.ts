export type { Aliasing, ApiTable, MessageFinder, Reference, ResourceType, ServiceRow } from "./api-table.ts";
export { encode } from "./encode.ts";
export { collectionOf, formatXdstp, isGlob, isXdstp, normalName, parseXdstp, type XdstpName } from "./names.ts";
export type { DescMessage, DescService, Message, MessageInitShape } from "./protobuf-types.ts";
export { deltaRecordWithoutTtl, heartbeatRecord, unknownRecord } from "./records.ts";
export { contentHash, SetHash } from "./hash.ts";
export { INSPECT } from "./inspection.ts";
export type { ResourceKey } from "./resource-key.ts";
export {
  rawResource,
  Resource,
  resource,
  type ResourceOptions,
  type ResourceSource,
  TYPE_URL_PREFIX,
} from "./resource.ts";
export type { ResourceSummary } from "./resource-summary.ts";
export { stringsAt, varintAt, visitPath } from "./wire-path.ts";
