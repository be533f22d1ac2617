import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { TypedExtensionConfigSchema } from "../../gen/envoy/config/core/v3/extension_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { DiscoveryRequestSchema } from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { type DescMessage, Snapshot } from "../../mod.ts";
import type { ResourceType } from "../../src/entries/api.ts";
import { CLUSTER_TYPE, extensionConfig, VIRTUAL_HOST_TYPE } from "../../src/v3/mod.ts";
import { v3 } from "../../src/v3/table.ts";
import type { Place } from "./place.ts";
import type { Act, Setup, World } from "./world.ts";

/** As the table's own, which loads all of Envoy's at the first use. */
const KNOWN: Readonly<Record<string, DescMessage>> = Object.fromEntries(
  [TypedExtensionConfigSchema, ClusterSchema, ClusterLoadAssignmentSchema].map((each) => [each.typeName, each]),
);

/** Stands for a type of the user's own. */
const FILTER = DiscoveryRequestSchema.typeName;

/** What finds message types, and the functions of an API's table. */
export const API_PLACES: Readonly<Record<string, Place>> = {
  "MessageTypes.getMessage": {
    consequence: "ends",
    mayBeLate: true,
    setup: (act) => ({
      options: {
        requestTimeoutMs: 40,
        types: { getMessage: (name) => name === FILTER ? act(() => DiscoveryRequestSchema) : KNOWN[name] },
      },
      drive: pollFilter,
    }),
  },
  "ApiTable.messages": {
    consequence: "ends",
    mayBeLate: true,
    setup: (act) => ({
      options: {
        requestTimeoutMs: 40,
        api: { ...v3, messages: (name) => name === FILTER ? act(() => DiscoveryRequestSchema) : KNOWN[name] },
      },
      drive: pollFilter,
    }),
  },
  "Reference.namesIn": {
    consequence: "ignored",
    setup: (act) =>
      withType(CLUSTER_TYPE, ({ references = [] }) => ({
        references: references.map((each) => ({ ...each, namesIn: (resource) => act(() => each.namesIn(resource)) })),
      })),
  },
  "Aliasing.keysOf": {
    consequence: "ignored",
    setup: (act) => withAliases(act, "keysOf"),
  },
  "Aliasing.keysFor": {
    consequence: "ends",
    setup: (act) => withAliases(act, "keysFor"),
  },
};

/** A poll for a resource that has a message of a type that only the user knows. */
async function pollFilter(world: World): Promise<void> {
  const filter = { typeUrl: `type.googleapis.com/${FILTER}`, value: Uint8Array.of() };
  const resources = [extensionConfig({ name: "x", typedConfig: filter as never })];
  world.snapshots.setSnapshot("victim", new Snapshot({ resources }));
  await world.poll("extension_configs");
}

function withAliases(act: Act, name: "keysOf" | "keysFor"): Setup {
  return withType(VIRTUAL_HOST_TYPE, ({ aliases }) => ({
    aliases: { ...aliases!, [name]: (argument: never) => act(() => aliases![name](argument)) },
  }));
}

function withType(typeUrl: string, change: (type: ResourceType) => Partial<ResourceType>): Setup {
  const types = v3.types.map((type) => type.typeUrl === typeUrl ? { ...type, ...change(type) } : type);
  return { options: { api: { ...v3, types } } };
}
