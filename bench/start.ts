// Measures what it takes to import the package, in CPU time and memory of a fresh process. See `--help`.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./measure.ts";

const HELP = `Usage: npm run bench:start [-- options]

Imports entries of the package in a fresh process of this Node, and shows the CPU time, user and system, and the most
memory that the process has had by then: the median, and the spread. The last row has also published what the README
publishes, and listens.

  --built          dist/ instead of the sources; npm run build makes it
  --in <folder>    another clone or package, which takes turns with this one; may be repeated
  --rounds <n>     default: 10
  --help           show this text`;

/** Paths of the sources without suffix, which are those in dist/ as well. */
const [CORE, V3, NODE] = ["mod", "src/v3/mod", "src/node/mod"] as const;

const CASES: Readonly<Record<string, readonly string[]>> = {
  "Node alone": [],
  "core": [CORE],
  "v3": [V3],
  "node": [NODE],
  "core, v3, node": [CORE, V3, NODE],
  "a server": [CORE, V3, NODE],
};

/** Imports the rest of its arguments. Compiled code is not kept, as with the first start on a machine. */
const CHILD = `
const [server, ...urls] = process.argv.slice(1);
const modules = [];
for (const url of urls) modules.push(await import(url));
if (server === "true") {
  const [core, v3, node] = modules;
  const cache = new core.SnapshotCache();
  cache.setSnapshot("node1", [
    v3.httpListener("web", { port: 10000, routes: "web" }),
    v3.routeConfig("web", { "/": "app" }),
    ...v3.edsCluster("app", ["127.0.0.1:8080"]),
  ]);
  await node.listen(core.createDiscoveryServer({ cache }), { port: 0 });
}
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ ms: (user + system) / 1000, mb: process.resourceUsage().maxRSS / 1024 }));
process.exit();
`;

interface Start {
  readonly ms: number;
  readonly mb: number;
}

const { values } = parseArgs({
  options: {
    built: { type: "boolean", default: false },
    in: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "10" },
    help: { type: "boolean" },
  },
});

if (values.help) console.log(HELP);
else main([join(import.meta.dirname, ".."), ...values.in.map((folder) => resolve(folder))], Number(values.rounds));

function main(roots: readonly string[], rounds: number): void {
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`Cannot run "${values.rounds}" rounds`);
  for (const root of roots) {
    if (!existsSync(fileOf(root, CORE))) throw new Error(`Cannot import ${fileOf(root, CORE)}: it does not exist`);
  }
  for (const name of Object.keys(CASES)) {
    const starts = roots.map((): Start[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const index of round % 2 === 0 ? roots.keys() : [...roots.keys()].reverse()) {
        starts[index]!.push(start(name, roots[index]!));
      }
    }
    for (const [index, each] of starts.entries()) {
      const where = roots.length === 1 ? "" : `  ${index === 0 ? "this" : roots[index]}`;
      const columns = [rangeOf(each.map(({ ms }) => ms), "ms"), rangeOf(each.map(({ mb }) => mb), "MB")];
      console.log(`${name.padEnd(16)}${columns.join("  ")}${where}`);
    }
  }
}

function start(name: string, root: string): Start {
  const urls = CASES[name]!.map((path) => pathToFileURL(fileOf(root, path)).href);
  const args = ["--input-type=module", "--eval", CHILD, "--", String(name === "a server"), ...urls];
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env }));
}

function fileOf(root: string, path: string): string {
  return values.built ? join(root, "dist", `${path}.js`) : join(root, `${path}.ts`);
}

function rangeOf(values: readonly number[], unit: string): string {
  const text = `${median(values).toFixed(0)} ${unit} (${Math.min(...values).toFixed(0)}–${
    Math.max(...values).toFixed(0)
  })`;
  return text.padEnd(20);
}
