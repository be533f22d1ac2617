export type { ApiTable, Reference, ResourceType, ServiceRow } from "./api-table.ts";
export { encode } from "./encode.ts";
export { deltaRecordWithoutTtl, heartbeatRecord } from "./records.ts";
export { contentHash, SetHash } from "./hash.ts";
export { rawResource, Resource, resource, type ResourceOptions, TYPE_URL_PREFIX } from "./resource.ts";
export { stringsAt, varintAt, visitPath } from "./wire-path.ts";
