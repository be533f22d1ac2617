import type { Findings } from "./findings.ts";
import type { Entry, Node } from "./node.ts";
import { MAX_DEPTH } from "./read-limits.ts";

/** Reads what a program gives: objects, lists, strings, numbers, bigints, booleans and null, as of `JSON.parse`. */
export function nodeOfValue(value: unknown, findings: Findings): Node {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return { kind: "scalar", at: 0, value };
    case "object":
      if (value === null) return NULL;
      if (findings.trail.depth >= MAX_DEPTH) break;
      if (Array.isArray(value)) {
        return {
          kind: "list",
          at: 0,
          items: value.map((item, i) => within(i, item, findings)),
        };
      }
      if (isPlain(value)) return { kind: "map", at: 0, entries: entriesOf(value, findings) };
  }
  const deep = findings.trail.depth >= MAX_DEPTH;
  findings.add(0, { message: deep ? `It is nested more than ${MAX_DEPTH} levels deep` : "Expected a value of JSON" });
  return NULL;
}

function entriesOf(value: object, findings: Findings): Entry[] {
  // As JSON.stringify, which leaves out what is undefined.
  return Object.entries(value).filter(([, each]) => each !== undefined)
    .map(([key, each]) => ({ key, at: 0, value: within(key, each, findings) }));
}

function within(step: string | number, value: unknown, findings: Findings): Node {
  findings.trail.enter(step);
  const node = nodeOfValue(value, findings);
  findings.trail.leave();
  return node;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const NULL: Node = { kind: "scalar", at: 0, value: null };
