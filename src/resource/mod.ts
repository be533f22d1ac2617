export type { Aliasing, ApiTable, MessageFinder, Reference, ResourceType, ServiceRow } from "./api-table.ts";
export { checkOptions, type OptionNames } from "./check-options.ts";
export { encode } from "./encode.ts";
export { likelyName } from "./likely-name.ts";
export { collectionOf, formatXdstp, isGlob, isXdstp, normalName, parseXdstp, type XdstpName } from "./names.ts";
export type { DescMessage, DescService, Message, MessageInitShape, MessageTypes } from "./protobuf-types.ts";
export { deltaRecordWithoutTtl, heartbeatRecord, unknownRecord } from "./records.ts";
export { contentHash, SetHash } from "./hash.ts";
export { INSPECT } from "./inspection.ts";
export { showTypes } from "./resource-json.ts";
export type { JsonObject, JsonValue } from "./json-of.ts";
export type { ResourceKey } from "./resource-key.ts";
export { rawResource, Resource, resource, type ResourceOptions, TYPE_URL_PREFIX } from "./resource.ts";

export { isSensitive } from "./sensitive.ts";
export type { ResourceSource } from "./resource-source.ts";
export type { ResourceSummary } from "./resource-summary.ts";
export { stringsAt, varintAt, visitPath } from "./wire-path.ts";
