import { DiscoveryRequestSchema as AnyMessage } from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { type ResourceType, Snapshot } from "../../mod.ts";
import { CLUSTER_TYPE, extensionConfig, VIRTUAL_HOST_TYPE } from "../../src/v3/mod.ts";
import { v3 } from "../../src/v3/table.ts";
import type { Place } from "./place.ts";
import type { Act, Setup, World } from "./world.ts";

const FILTER = "type.googleapis.com/example.Filter";

/** What finds message types, and the functions of an API's table. */
export const API_PLACES: Readonly<Record<string, Place>> = {
  "MessageTypes.getMessage": {
    consequence: "ends",
    setup: (act) => ({
      options: { requestTimeoutMs: 40, types: { getMessage: () => act(() => AnyMessage) } },
      drive: pollFilter,
    }),
  },
  "ApiTable.messages": {
    consequence: "ends",
    setup: (act) => ({
      options: {
        requestTimeoutMs: 40,
        api: { ...v3, messages: (name) => name === "example.Filter" ? act(() => AnyMessage) : v3.messages?.(name) },
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
  const filter = { typeUrl: FILTER, value: Uint8Array.of() };
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
