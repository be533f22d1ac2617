import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { HttpConnectionManagerSchema } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { Resource } from "../../../mod.ts";
import { httpConnectionManager, listener, LISTENER_TYPE, socketAddress, typedConfig } from "../../../src/v3/mod.ts";
import { edsCluster, endpointAt, routesOf, toCluster } from "../make.ts";
import { sourceOf } from "../modes.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

type ListenerInit = MessageInitShape<typeof ListenerSchema>;

/** Listeners: their marker is the prefix of their statistics. The first is open, the others have no port of their own. */
export const isolatedListeners: MakeSubject = (world) => {
  const rds = {
    case: "rds",
    value: { routeConfigName: "routes", configSource: sourceOf(world.mode) },
  } as const;
  const manager = httpConnectionManager({ routeSpecifier: rds });
  const of = (name: string, marker: string, init: ListenerInit = {}): Resource =>
    listener({
      address: socketAddress("127.0.0.1", portOf(name)),
      bindToPort: portOf(name) === 0,
      filterChains: [{ filters: [manager] }],
      statPrefix: marker,
      ...init,
      name,
    } as ListenerInit);
  const invalid = typedConfig(HttpConnectionManagerSchema, { routeSpecifier: rds });
  return {
    typeUrl: LISTENER_TYPE,
    around: () => [
      edsCluster(world.mode, "echo"),
      endpointAt("echo", world.upstreams.a.port),
      routesOf("routes", "1", [toCluster("echo")]),
    ],
    good: (name, marker) => of(name, marker),
    ways: [
      {
        name: "rule of the API",
        bad: (name, marker) => of(name, marker, { filterChains: [{ filters: [{ ...manager, name: "" }] }] }),
      },
      {
        name: "rule of the API, of a filter",
        bad: (name, marker) =>
          of(name, marker, {
            filterChains: [{ filters: [{ ...manager, configType: { case: "typedConfig", value: invalid } }] }],
          }),
      },
      { name: "bad address", bad: (name, marker) => of(name, marker, { address: socketAddress("nowhere", 0) }) },
      {
        name: "port in use",
        bad: (name, marker) =>
          of(name, marker, { address: socketAddress("127.0.0.1", world.upstreams.b.port), bindToPort: true }),
      },
    ],
    markers: () =>
      markersOf<DynamicListener>(world, "dynamic_listeners", ({ name, active_state }) => {
        return active_state === undefined ? undefined : [name, active_state.listener.stat_prefix];
      }),
    url: () => world.url("n0"),
  };
};

interface DynamicListener {
  readonly name: string;
  readonly active_state?: { readonly listener: { readonly stat_prefix: string } };
}

/** 0 for the first. */
function portOf(name: string): number {
  return Number(/\d+$/.exec(name)![0]) + (name.startsWith("late") ? 10_000 : 0);
}
