// Compares the speed of these sources with those of another commit, and fails if these are clearly slower.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { buildGo } from "./build.ts";
import { type Case, CASES } from "./cases.ts";
import { isLoss, LIMIT, type Pair } from "./loss.ts";
import { measure, median } from "./measure.ts";
import { SERVERS } from "./servers.ts";

const ROOT = join(import.meta.dirname, "..");

const { values } = parseArgs({
  options: {
    to: { type: "string", default: "HEAD~1" },
    rounds: { type: "string", default: "3" },
    help: { type: "boolean" },
  },
});

const HELP = `Usage: npm run bench:compare [-- options]

Measures these sources and those of another commit in turn, both by this bench. Fails where these take ${LIMIT} times the
CPU time in nearly every round, and again when it is measured once more in more rounds.

  --to <commit>    default: HEAD~1
  --rounds <n>     pairs of runs for each case; default: 3`;

/** Small enough that all cases take a minute. */
const CHECKED: readonly (Partial<Case> & Pick<Case, "name">)[] = [
  { name: "sotw", streams: 300, rounds: 40 },
  { name: "sotw-node", streams: 100, rounds: 30 },
  { name: "delta", streams: 100, count: 5000, rounds: 60 },
  { name: "delta-eds", streams: 200, count: 1000, changed: 100, rounds: 20 },
];

// So that each run does not strip the types of all sources anew.
process.env.NODE_COMPILE_CACHE ??= join(ROOT, "node_modules/.cache/ts-control-plane/bench/compiled");

let load: string;

if (values.help) console.log(HELP);
else await main(values.to, Number(values.rounds));

async function main(commit: string, rounds: number): Promise<void> {
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`Cannot run "${values.rounds}" rounds`);
  load = buildGo("load");
  const id = resolved(commit);
  if (id === undefined) {
    // A shallow clone, or a first commit. To compare these sources with themselves would show nothing.
    console.log(`Nothing is compared: this clone has no ${commit}. Each case is run once to see that it works.`);
    for (const each of cases()) console.log(line(each, [[await cpuUs(each, ROOT)]]));
    return;
  }
  const other = checkedOut(id);
  try {
    console.log(`CPU µs a message, of ${id.slice(0, 10)} and of these sources:`);
    const slower: Case[] = [];
    for (const each of cases()) if (await isSlower(each, other, rounds)) slower.push(each);
    if (slower.length === 0) return;
    console.log("Measured once more, in more rounds:");
    for (const each of slower) {
      if (await isSlower(each, other, rounds * 3)) {
        console.error(`${each.name} takes more than ${LIMIT} times the CPU time of ${commit}`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
}

function cases(): Case[] {
  return CHECKED.map((small) => ({ ...CASES.find(({ name }) => name === small.name)!, ...small }));
}

async function isSlower(each: Case, other: string, rounds: number): Promise<boolean> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const now = round % 2 === 0 ? undefined : await cpuUs(each, ROOT);
    const before = await cpuUs(each, other);
    pairs.push([before, now ?? await cpuUs(each, ROOT)]);
  }
  console.log(line(each, pairs));
  return isLoss(pairs);
}

async function cpuUs(each: Case, root: string): Promise<number> {
  const { cache, command } = SERVERS.find(({ name }) => name === "ours")!;
  const sample = await measure(each, { server: await command({ runtime: "node", root }), load, cache });
  return sample.cpuUs!;
}

function line({ name }: Case, runs: readonly (readonly number[])[]): string {
  const [first, second] = [0, 1].map((i) => runs.flatMap((run) => run[i] ?? []));
  const before = median(first!).toFixed(0);
  if (second!.length === 0) return `  ${name.padEnd(12)}${before.padStart(6)}`;
  const ratios = runs.map(([before, now]) => now! / before!);
  const text = `${median(ratios).toFixed(2)}× (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
  return `  ${name.padEnd(12)}${before.padStart(6)}${median(second!).toFixed(0).padStart(6)}   ${text}`;
}

function resolved(commit: string): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--verify", "--quiet", `${commit}^{commit}`], {
      cwd: ROOT,
      encoding: "utf8",
    })
      .trim();
  } catch {
    return undefined;
  }
}

/** The sources of a commit in a folder of their own. */
function checkedOut(id: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-bench-"));
  const archive = join(folder, "sources.tar");
  execFileSync("git", ["archive", `--output=${archive}`, id, "mod.ts", "src", "gen", "package.json"], { cwd: ROOT });
  execFileSync("tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
