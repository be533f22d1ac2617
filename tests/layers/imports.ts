import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** The modules of `src`, by their path in it. */
export const FILES: readonly string[] = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"));

/** What a module of `src` imports or exports from elsewhere, types included: paths in the repository, or packages. */
export function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, "src", file), "utf8");
  const specifiers = [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)];
  return specifiers.map(([, from, call]) => {
    const specifier = from ?? call!;
    return specifier.startsWith(".") ? posix.join("src", posix.dirname(file), specifier) : specifier;
  });
}

/** The circles of a graph: its strongly connected components of more than one node (Tarjan's algorithm). */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const stack: string[] = [];
  const visited = new Map<string, number>();
  const done = new Set<string>();
  /** @returns the earliest node on the stack that this one reaches */
  const visit = (node: string): number => {
    const index = visited.size;
    let lowest = index;
    visited.set(node, index);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!visited.has(next)) lowest = Math.min(lowest, visit(next));
      else if (!done.has(next)) lowest = Math.min(lowest, visited.get(next)!);
    }
    if (lowest === index) {
      const component = stack.splice(stack.indexOf(node));
      for (const each of component) done.add(each);
      if (component.length > 1) circles.push(component);
    }
    return lowest;
  };
  for (const node of graph.keys()) if (!visited.has(node)) visit(node);
  return circles;
}
