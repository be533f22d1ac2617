export type { Aliasing, ApiTable, MessageFinder, Reference, ResourceType, ServiceRow } from "./api-table.ts";
export { encode } from "./encode.ts";
export { collectionOf, formatXdstp, isGlob, isXdstp, normalName, parseXdstp, type XdstpName } from "./names.ts";
export { deltaRecordWithoutTtl, heartbeatRecord, unknownRecord } from "./records.ts";
export { contentHash, SetHash } from "./hash.ts";
export { rawResource, Resource, resource, type ResourceOptions, TYPE_URL_PREFIX } from "./resource.ts";
export { stringsAt, varintAt, visitPath } from "./wire-path.ts";
