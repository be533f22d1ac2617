import type { Findings } from "./findings.ts";
import type { Node, ScalarNode } from "./node.ts";
import { plainScalar } from "./yaml-scalar.ts";

/** Expands the strings of a document; see `ReadOptions.expand`. A string of an alias is expanded once. */
export function expanded(node: Node, expand: (text: string) => string, findings: Findings): Node {
  const known = new Map<Node, Node>();
  const within = (step: string | number, child: Node) => {
    findings.trail.enter(step);
    const result = visit(child);
    findings.trail.leave();
    return result;
  };
  const visit = (each: Node): Node => {
    let result = known.get(each);
    if (result === undefined) known.set(each, result = replaced(each));
    return result;
  };
  const replaced = (each: Node): Node => {
    if (each.kind === "list") return { ...each, items: each.items.map((item, i) => within(i, item)) };
    if (each.kind === "map") {
      return { ...each, entries: each.entries.map((entry) => ({ ...entry, value: within(entry.key, entry.value) })) };
    }
    return scalar(each, expand, findings);
  };
  return visit(node);
}

function scalar(node: ScalarNode, expand: (text: string) => string, findings: Findings): Node {
  if (typeof node.value !== "string" || !node.value.includes("${")) return node;
  try {
    const value = expand(node.value);
    return { ...node, value: node.isPlain ? plainScalar(value) : value, isExpanded: true };
  } catch (error) {
    findings.addUnusable(node.at, { message: error instanceof Error ? error.message : "It cannot be expanded" });
    return node;
  }
}
