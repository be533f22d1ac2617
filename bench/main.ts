// Measures this project's server beside go-control-plane and a floor, with clients in processes of their own.
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Case, CASES } from "./cases.ts";
import { buildGo } from "./build.ts";
import { measure, type Sample } from "./measure.ts";
import { RUNTIME_NAMES, type ServerKind, SERVERS } from "./servers.ts";
import { printCase, printHead } from "./table.ts";

/** The measurements of all rounds of a case for a server. */
export interface Result {
  readonly case: string;
  readonly server: string;
  readonly samples: readonly Sample[];
}

const { values } = parseArgs({
  options: {
    case: { type: "string", multiple: true },
    server: { type: "string", multiple: true },
    rounds: { type: "string" },
    runtime: { type: "string", default: "node" },
    json: { type: "string" },
    profile: { type: "string" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean" },
    help: { type: "boolean" },
  },
});

const HELP = `Usage: npm run bench [-- options]

  --case <name>      a case to run, may be repeated; default: all that are not marked as extra
  --server <name>    a server to run, may be repeated; default: those that a case is for
  --rounds <n>       how often, with the servers in turn; default: 3
  --runtime <name>   what runs this project's server: ${RUNTIME_NAMES.join(", ")}; default: node
  --profile <folder> writes a CPU profile of each run there, for the tools of Chrome; with Node alone
  --quick            a few cases, once, in a minute
  --json <file>      writes all that was measured
  --list             lists cases and servers

Needs Go (1.26 or newer), and Linux for the peak memory. All clients and servers run on this
machine, over loopback.`;

await main();

async function main(): Promise<void> {
  if (values.help) return console.log(HELP);
  if (values.list) return list();
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`Cannot run "${values.rounds}" rounds`);
  if (!RUNTIME_NAMES.includes(values.runtime)) throw new Error(`Cannot use the runtime "${values.runtime}"`);
  const cases = chosen(CASES, values.case, ({ extra, quick }) => values.quick ? quick === true : !extra);
  const load = buildGo("load");
  const results: Result[] = [];
  printHead();
  for (const each of cases) {
    const found = await runCase(each, serversFor(each), rounds, load);
    printCase(each, found);
    results.push(...found);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine: machine(), results }, undefined, 2)}\n`);
}

function serversFor({ servers }: Case): readonly ServerKind[] {
  const fitting = SERVERS.filter(({ name }) => servers?.includes(name) ?? true);
  // Of the two caches of this project, the usual one alone where a case is for both.
  const hasUsual = fitting.some(({ name }) => name === "ours");
  const isRun = ({ name, usual }: ServerKind) => (usual || !hasUsual) && !(values.quick && name === "ours-2");
  if (values.server === undefined) return fitting.filter(isRun);
  return chosen(SERVERS, values.server, isRun).filter((server) => fitting.includes(server));
}

/** The servers take turns, in reverse order each second time, so that none has the machine's better moments. */
async function runCase(each: Case, servers: readonly ServerKind[], rounds: number, load: string): Promise<Result[]> {
  const samples = new Map<string, Sample[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, cache, command } of round % 2 === 0 ? servers : servers.toReversed()) {
      try {
        samples.get(name)!.push(await measure(each, { server: await command(values), load, cache }));
      } catch (cause) {
        throw new Error(`Cannot measure ${each.name} of ${name}`, { cause });
      }
    }
  }
  return [...samples].map(([server, found]) => ({ case: each.name, server, samples: found }));
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
  usual: (item: T) => boolean,
): readonly T[] {
  if (names === undefined) return all.filter(usual);
  return names.map((name) => {
    const found = all.find((item) => item.name === name);
    if (found === undefined) throw new Error(`Cannot find "${name}": see npm run bench -- --list`);
    return found;
  });
}

function list(): void {
  console.log("Cases:");
  for (const { name, what, extra } of CASES) console.log(`  ${name.padEnd(20)}${what}${extra ? " (extra)" : ""}`);
  console.log("\nServers:");
  for (const { name, what, usual } of SERVERS) console.log(`  ${name.padEnd(20)}${what}${usual ? "" : " (extra)"}`);
}

function machine(): object {
  const [cpu] = cpus();
  return { cpu: cpu?.model, cores: cpus().length, memoryMb: Math.round(totalmem() / 1e6), node: process.version };
}
