import type { ClientLayers, PlacedProblem } from "../files/mod.ts";
import { placeText } from "../files/mod.ts";

/** How problems are printed. */
export type ProblemFormat = "text" | "json" | "github";

/** Problems as lines for people, as one JSON text, or as annotations of GitHub's actions. */
export function printProblems(problems: readonly PlacedProblem[], format: ProblemFormat): string {
  if (format === "json") return JSON.stringify(problems, undefined, 2);
  return problems.map(format === "github" ? annotation : problemLine).join("\n");
}

/** `routes.yaml:12:7 error virtual_hosts[0].domains: At least one is expected [repeated.min_items]; give one` */
export function problemLine(problem: PlacedProblem): string {
  return lineOf(problem, [placeText(problem), problem.severity, problem.path]);
}

/** The same for a log, whose lines have a level. */
export function logLine(problem: PlacedProblem): string {
  return lineOf(problem, [placeText(problem), problem.path]);
}

function lineOf(problem: PlacedProblem, start: readonly string[]): string {
  const { path, message, rule, value, hint, resource, layers } = problem;
  const place = start.filter((part) => part !== "").join(" ");
  const about = resource === undefined || path !== "" ? "" : ` (${resource})`;
  const shown = value === undefined ? "" : `, not ${value}`;
  return `${place}: ${message}${shown}${about}${forClients(layers)} [${rule}]${hint === undefined ? "" : `; ${hint}`}`;
}

/** ` for clients of node "edge-1" in cluster "edge"`; nothing where all clients are concerned. */
export function forClients(layers: ClientLayers | undefined): string {
  if (layers === undefined) return "";
  const { node, cluster } = layers;
  const ofNode = node === undefined ? "" : ` of node ${JSON.stringify(node)}`;
  return ` for clients${ofNode}${cluster === undefined ? "" : ` in cluster ${JSON.stringify(cluster)}`}`;
}

/** `1 file`, `2 files`. */
export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function annotation(problem: PlacedProblem): string {
  const { severity, file, line, column, path, message, rule, value, hint, layers } = problem;
  const properties = Object.entries({ file, line, col: column, title: rule })
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `${name}=${escaped(String(each)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`);
  const shown = value === undefined ? "" : `, not ${value}`;
  const text = `${path === "" ? "" : `${path}: `}${message}${shown}${forClients(layers)}${
    hint === undefined ? "" : `; ${hint}`
  }`;
  return `::${severity} ${properties.join(",")}::${escaped(text)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
