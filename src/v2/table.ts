import type { ApiTable, DescService, Reference, ResourceType, ServiceRow } from "../resource/mod.ts";
import { v3 } from "../v3/table.ts";
import { renamedService } from "./renamed-service.ts";
import { nameInV3, TYPES } from "./renamed-types.ts";

/** The services that were not in the package `envoy.api.v2`. */
const DISCOVERY_PACKAGE = new Set([
  "AggregatedDiscoveryService",
  "SecretDiscoveryService",
  "RuntimeDiscoveryService",
]);

/**
 * The xDS API v2, for clients of before 2021: other names for messages that are the same on the wire, as far as v2 has
 * them. Serve it with `createDiscoveryServer({ cache, api: v2 })`, from a cache of resources made by `asV2`.
 */
export const v2: ApiTable = {
  name: "v2",
  node: v3.node,
  types: v3.types.flatMap(typeRow),
  services: v3.services.flatMap(serviceRow),
  messages: (typeName) => v3.messages?.(nameInV3(typeName)),
};

function typeRow(row: ResourceType): ResourceType[] {
  const typeUrl = TYPES.get(row.typeUrl);
  if (typeUrl === undefined) return [];
  // References to types that v2 does not have, such as those of LEDS, are left out.
  return [{ ...row, typeUrl, ...row.references && { references: row.references.flatMap(renamed) } }];
}

function renamed(reference: Reference): Reference[] {
  const typeUrl = TYPES.get(reference.typeUrl);
  return typeUrl === undefined ? [] : [{ ...reference, typeUrl }];
}

function serviceRow({ service, typeUrl }: ServiceRow): ServiceRow[] {
  const type = typeUrl === undefined ? undefined : TYPES.get(typeUrl);
  if (typeUrl !== undefined && type === undefined) return [];
  return [{ service: renamedService(service, nameOf(service)), typeUrl: type }];
}

function nameOf({ name }: DescService): string {
  return `${DISCOVERY_PACKAGE.has(name) ? "envoy.service.discovery.v2" : "envoy.api.v2"}.${name}`;
}
