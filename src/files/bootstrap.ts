import type { DescMessage, Message } from "../resource/mod.ts";
import { CLUSTER_TYPE, LISTENER_TYPE, SECRET_TYPE } from "../v3/types.ts";
import { typeName } from "./any-reader.ts";
import type { Collector } from "./collector.ts";
import { type Entry, itemsOf, type MapNode, type Node, stringOf, valueAt } from "./node.ts";

/** The full name of the type of a bootstrap. */
export const BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";

/**
 * Collects the static resources of an Envoy's bootstrap. The whole of it is read, so that a mistake anywhere is found.
 * Clusters by which the Envoy reaches control planes are left out: each Envoy needs its own before it can be served.
 */
export function collectBootstrap(collector: Collector, node: MapNode): void {
  const { reader, findings } = collector;
  const desc = reader.types.get(BOOTSTRAP)!;
  const before = findings.count;
  const message = reader.fields(desc, node, "@type").message as unknown as Bootstrap;
  if (findings.count > before) return;
  const entry = node.entries.find(({ key }) => key === "static_resources" || key === "staticResources");
  if (entry === undefined || message.staticResources === undefined) return;
  const left = controlPlanesOf(node);
  const resources = () => addAll(collector, { entry, messages: message.staticResources!, left });
  collector.withRest(left.size > 0 ? "control plane" : undefined, () => collector.within(entry.key, resources));
}

interface All {
  readonly entry: Entry;
  readonly messages: Readonly<Record<string, readonly Message[]>>;
  readonly left: ReadonlySet<string>;
}

function addAll(collector: Collector, { entry, messages, left }: All): void {
  for (const [key, typeUrl] of STATIC) {
    const desc = collector.reader.types.get(typeName(typeUrl))!;
    const list = itemsOf(valueAt(entry.value, key));
    const add = (item: Node, i: number) => addStatic(collector, { desc, message: messages[key]![i]!, item, i, left });
    collector.within(key, () => list.forEach(add));
  }
}

interface Static {
  readonly desc: DescMessage;
  readonly message: Message;
  readonly item: Node;
  readonly i: number;
  readonly left: ReadonlySet<string>;
}

function addStatic(collector: Collector, { desc, message, item, i, left }: Static): void {
  const named = message as Message & { name: string };
  if (desc.typeName === CLUSTER && left.has(named.name)) return;
  if (desc.typeName === LISTENER && named.name === "") named.name = nameByAddress(item, i);
  collector.within(i, () => collector.addMessage(desc, message, item));
}

/** Envoy makes a random name for a static listener without one; a resource needs one that stays. */
function nameByAddress(listener: Node, i: number): string {
  const socket = valueAt(valueAt(listener, "address"), "socket_address", "socketAddress");
  const [address, port] = [valueAt(socket, "address"), valueAt(socket, "port_value", "portValue")];
  const parts = [address, port].flatMap((part) => part?.kind === "scalar" && part.value !== null ? [part.value] : []);
  return parts.length === 2 ? `listener_${parts.join("_")}` : `listener_${i}`;
}

const CLUSTER = typeName(CLUSTER_TYPE);
const LISTENER = typeName(LISTENER_TYPE);

interface Bootstrap {
  readonly staticResources?: Readonly<Record<string, Message[]>>;
}

const STATIC = [["clusters", CLUSTER_TYPE], ["listeners", LISTENER_TYPE], ["secrets", SECRET_TYPE]] as const;

/** The names of the clusters that the configuration of a bootstrap's own sources names. */
export function controlPlanesOf(bootstrap: Node): Set<string> {
  const names = new Set<string>();
  const dynamic = valueAt(bootstrap, "dynamic_resources", "dynamicResources");
  const sources = [
    valueAt(dynamic, "ads_config", "adsConfig"),
    valueAt(dynamic, "lds_config", "ldsConfig"),
    valueAt(dynamic, "cds_config", "cdsConfig"),
    valueAt(bootstrap, "hds_config", "hdsConfig"),
    valueAt(bootstrap, "cluster_manager", "clusterManager"),
    ...itemsOf(valueAt(bootstrap, "config_sources", "configSources")),
    valueAt(bootstrap, "default_config_source", "defaultConfigSource"),
  ];
  for (const source of sources) if (source !== undefined) addClusters(names, source);
  return names;
}

function addClusters(names: Set<string>, node: Node): void {
  if (node.kind === "list") return node.items.forEach((item) => addClusters(names, item));
  if (node.kind !== "map") return;
  for (const { key, value } of node.entries) {
    const values = key === "cluster_names" || key === "clusterNames"
      ? itemsOf(value)
      : REFERENCES.has(key)
      ? [value]
      : [];
    for (const each of values) {
      const name = stringOf(each);
      if (name !== undefined) names.add(name);
    }
    addClusters(names, value);
  }
}

const REFERENCES = new Set(["cluster_name", "clusterName"]);
