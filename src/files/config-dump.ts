import { typeName } from "./any-reader.ts";
import { controlPlanesOf } from "./bootstrap.ts";
import type { Collector } from "./collector.ts";
import { type Entry, itemsOf, type MapNode, type Node, stringOf, valueAt } from "./node.ts";

/**
 * Collects the resources of a config dump, as an Envoy's `/config_dump` gives it: those that the Envoy uses. What it
 * warms, what it rejected, and what is part of another resource (the routes and endpoints that are written in listeners
 * and clusters) is left out, and so are the clusters by which it reaches control planes.
 *
 * Only the resources themselves are read: the rest is of the Envoy's version, which may be newer.
 */
export function collectDump(collector: Collector, node: MapNode): void {
  const configs = valueAt(node, "configs");
  if (configs === undefined) return collectConfig(collector, node, new Set());
  const left = new Set(
    itemsOf(configs).flatMap((config) => {
      return [...controlPlanesOf(valueAt(config, "bootstrap") ?? config)];
    }),
  );
  const hasEndpoints = itemsOf(configs).some((config) => typeNameOf(config) === ENDPOINTS_DUMP);
  collector.withRest(hasEndpoints ? undefined : "include_eds", () => {
    collector.within("configs", () => {
      itemsOf(configs).forEach((config, i) => collector.within(i, () => collectConfig(collector, config, left)));
    });
  });
}

function collectConfig(collector: Collector, config: Node, left: ReadonlySet<string>): void {
  const type = typeNameOf(config);
  if (!type.startsWith("envoy.admin.v3.")) {
    const message = 'Expected "@type" of a dump, such as "type.googleapis.com/envoy.admin.v3.ClustersConfigDump"';
    return collector.findings.add(config.at, { message });
  }
  for (const path of RESOURCES[type] ?? []) visit(collector, config, { path: path.split("."), left });
}

function typeNameOf(config: Node): string {
  return typeName(stringOf(valueAt(config, "@type")) ?? "");
}

interface Way {
  readonly path: readonly string[];
  readonly left: ReadonlySet<string>;
}

/** Follows a path through lists to the resources at its end. */
function visit(collector: Collector, node: Node, { path, left }: Way): void {
  if (node.kind === "list") {
    return node.items.forEach((item, i) => collector.within(i, () => visit(collector, item, { path, left })));
  }
  const [step, ...rest] = path;
  if (step === undefined) {
    if (!left.has(stringOf(valueAt(node, "name")) ?? "")) collector.add(withoutWeightsOfNothing(node));
    return;
  }
  const names = [step, step.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
  const entry = node.kind === "map" ? node.entries.find(({ key }) => names.includes(key)) : undefined;
  if (entry) collector.within(entry.key, () => visit(collector, entry.value, { path: rest, left }));
}

/** Envoys write a weight of 0 for endpoints without one, and do not read it. */
function withoutWeightsOfNothing(node: Node): Node {
  if (node.kind === "list") return { ...node, items: node.items.map(withoutWeightsOfNothing) };
  if (node.kind !== "map") return node;
  const entries = node.entries.filter(({ key, value }) => !(WEIGHTS.includes(key) && isZero(value)));
  return { ...node, entries: entries.map((each) => ENDPOINTS.includes(each.key) ? inside(each) : each) };
}

function inside(entry: Entry): Entry {
  return { ...entry, value: withoutWeightsOfNothing(entry.value) };
}

function isZero(node: Node): boolean {
  return node.kind === "scalar" && node.value === 0;
}

const WEIGHTS = ["load_balancing_weight", "loadBalancingWeight"];
/** Keys that lead to weights. */
const ENDPOINTS = ["endpoints", "lb_endpoints", "lbEndpoints"];

const ENDPOINTS_DUMP = "envoy.admin.v3.EndpointsConfigDump";

const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  "envoy.admin.v3.ClustersConfigDump": ["static_clusters.cluster", "dynamic_active_clusters.cluster"],
  "envoy.admin.v3.ListenersConfigDump": ["static_listeners.listener", "dynamic_listeners.active_state.listener"],
  "envoy.admin.v3.RoutesConfigDump": ["dynamic_route_configs.route_config"],
  "envoy.admin.v3.ScopedRoutesConfigDump": ["dynamic_scoped_route_configs.scoped_route_configs"],
  [ENDPOINTS_DUMP]: ["dynamic_endpoint_configs.endpoint_config"],
  "envoy.admin.v3.SecretsConfigDump": ["static_secrets.secret", "dynamic_active_secrets.secret"],
  "envoy.admin.v3.EcdsConfigDump": ["ecds_filters.ecds_filter"],
};
