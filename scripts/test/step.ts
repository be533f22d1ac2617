import type { Tool } from "./tools.ts";

/** Which steps a run has: each group contains those before it. */
export const GROUPS = ["lint", "check", "test", "all"] as const;

export type Group = typeof GROUPS[number];

/** One of the things that must hold. */
export interface Step {
  readonly name: string;
  readonly what: string;
  /** The smallest group that it belongs to. */
  readonly group: Group;
  readonly command: readonly [program: string, ...args: string[]];
  /** It runs after those that share the machine, since it measures, or reads their reports. */
  readonly alone?: boolean;
  /** What it needs beside that which `npm ci` installs. */
  readonly needs?: readonly Tool[];
  /** Where it writes what it counted, as vitest does. A step without counts as one test. */
  readonly report?: string;
}

/** Those of a group, or those with the names if there are any. */
export function select(steps: readonly Step[], { group, names }: { group: string; names: readonly string[] }): Step[] {
  const groups: readonly string[] = GROUPS;
  if (!groups.includes(group)) throw new Error(`Cannot find the group "${group}": it is one of ${groups.join(", ")}`);
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`Cannot run "${unknown.join('", "')}": see npm test -- --help`);
  if (names.length > 0) return steps.filter(({ name }) => names.includes(name));
  return steps.filter((step) => groups.indexOf(step.group) <= groups.indexOf(group));
}
