import { typeName } from "./any-reader.ts";
import { BOOTSTRAP, collectBootstrap } from "./bootstrap.ts";
import type { Collector } from "./collector.ts";
import { collectDump } from "./config-dump.ts";
import { kindOf, type MapNode, type Node, stringOf, valueAt } from "./node.ts";
import { didYouMean, likelyName } from "./spelling.ts";

/** Collects the resources of a document of any shape that is known; see `docs/files.md`. */
export function collect(collector: Collector, node: Node): void {
  if (node.kind === "list") return collectList(collector, node);
  if (node.kind === "scalar") {
    return collector.findings.add(node.at, { message: `Expected an object or a list, not ${kindOf(node)}` });
  }
  const type = typeName(stringOf(valueAt(node, "@type")) ?? "");
  const has = (key: string) => valueAt(node, key) !== undefined;
  if (type === BOOTSTRAP) return collectBootstrap(collector, node);
  if (type === RESPONSE || (type === "" && (has("resources") || has("remove")))) {
    return collectResponse(collector, node);
  }
  if (type.startsWith(DUMPS) || (type === "" && has("configs"))) return collectDump(collector, node);
  if (has("@type")) return collector.add(node);
  if (has("xds")) return collectDumps(collector, valueAt(node, "xds")!);
  const fields = bootstrapFields(collector);
  if (node.entries.some(({ key }) => fields.has(key))) return collectBootstrap(collector, node);
  unknownShape(collector, node);
}

function collectList(collector: Collector, node: Node): void {
  if (node.kind !== "list") {
    return collector.findings.add(node.at, { message: `Expected a list of resources, not ${kindOf(node)}` });
  }
  node.items.forEach((item, i) => collector.within(i, () => collector.add(item)));
}

/** What Envoy reads from files, a DiscoveryResponse, and with `remove` what is taken away. */
function collectResponse(collector: Collector, node: MapNode): void {
  const { reader, findings } = collector;
  const { fields } = reader.types.get(RESPONSE)!;
  for (const { key, at, value } of node.entries) {
    collector.within(key, () => {
      if (key === "resources") return collectList(collector, value);
      if (key === "remove") return collectRemovals(collector, value);
      if (key === "@type" || fields.some(({ name, jsonName }) => key === name || key === jsonName)) return;
      const message = "Unknown key beside the resources";
      findings.add(at, { message, ...didYouMean(likelyName(key, [...fields.map(({ name }) => name), "remove"])) });
    });
  }
}

/** Dumps by the names of proxies, as tools of Kubernetes gateways write them. */
function collectDumps(collector: Collector, node: Node): void {
  collector.within("xds", () => {
    if (node.kind !== "map") return unknownShape(collector, node);
    for (const { key, value } of node.entries) {
      collector.within(key, () => {
        if (value.kind === "map") collectDump(collector, value);
        else unknownShape(collector, value);
      });
    }
  });
}

function collectRemovals(collector: Collector, node: Node): void {
  if (node.kind !== "list") {
    return collector.findings.add(node.at, { message: `Expected a list, not ${kindOf(node)}` });
  }
  node.items.forEach((item, i) => collector.within(i, () => collector.remove(item)));
}

function unknownShape(collector: Collector, node: Node): void {
  const message = 'Expected a resource with "@type", a list of these, "resources", a bootstrap or a config dump';
  const keys = node.kind === "map" ? node.entries.map(({ key }) => key) : [];
  const likely = keys.flatMap((key) => likelyName(key, KEYS) ?? [])[0];
  collector.findings.add(node.at, { message, ...didYouMean(likely) });
}

function bootstrapFields({ reader }: Collector): ReadonlySet<string> {
  return new Set(reader.types.get(BOOTSTRAP)!.fields.flatMap(({ name, jsonName }) => [name, jsonName]));
}

const RESPONSE = "envoy.service.discovery.v3.DiscoveryResponse";
/** Of a whole dump, and of a part of one. */
const DUMPS = "envoy.admin.v3.";
/** Keys by which a shape is known. */
const KEYS = ["@type", "resources", "static_resources", "dynamic_resources", "configs", "remove"];
