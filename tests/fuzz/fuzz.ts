// Looks for inputs that break an invariant, guided by coverage. See `--help`.
import process from "node:process";
import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { addToCorpus, lineOf, readCorpus } from "./corpus.ts";
import { Executor } from "./execute.ts";
import { search, type Searched } from "./search.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";

const HELP = `Usage: node tests/fuzz/fuzz.ts [options]

Tries inputs on what takes bytes from clients: first the corpus, then mutations of
it. Inputs that run code which did not run before are mutated further.

  --target <name>   only this one; can be repeated
  --seconds <n>     how long to search in each (default: 10)
  --seed <n>        the seed of the mutations (default: the time)
  --grow            add what runs new code to tests/fuzz/corpus/
  --input <base64>  take this input alone, of the one target that is named
  --list            shows the targets
  --help            shows this text

Ends with 1 where something is found, and prints the input. Keep it in the corpus.

Targets:
${TARGETS.map(({ name, what }) => `  ${name.padEnd(14)}${what}`).join("\n")}`;

/** The largest input that is added to the corpus, in bytes. */
const MAX_KEPT = 1_024;

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true },
      seconds: { type: "string", default: "10" },
      seed: { type: "string", default: String(Date.now() % 2 ** 32) },
      grow: { type: "boolean", default: false },
      input: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  if (values.list) return TARGETS.forEach(({ name }) => console.log(name));
  const targets = TARGETS.filter(({ name }) => values.target?.includes(name) ?? true);
  if (targets.length < (values.target?.length ?? 1)) fail("There is no such target: see --list");
  if (values.input !== undefined) return await replay(targets, new Uint8Array(Buffer.from(values.input, "base64")));
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
  if (!(seconds > 0) || !Number.isInteger(seed)) fail("--seconds and --seed must be numbers");

  let failed = 0;
  for (const target of targets) {
    // One for each target, so that its figures are those of the target.
    using coverage = new Coverage(new URL("../../src/", import.meta.url).href);
    const corpus = readCorpus(target.name);
    const report = (found: Searched): void => console.log(lineFor(target, found, coverage));
    const found = await search(target, { corpus, seed, forMs: seconds * 1000, coverage, onProgress: report });
    report(found);
    const shares = coverage.folders().map(({ folder, share }) => `${folder} ${(100 * share).toFixed(0)} %`);
    console.log(`${" ".repeat(14)}of src/: ${shares.join(", ")}`);
    if (values.grow) addToCorpus(target.name, found.kept.filter(({ length }) => length <= MAX_KEPT));
    if (found.finding === undefined) continue;
    failed++;
    const { input, message } = found.finding;
    console.log(`\nFINDING in ${target.name}, seed ${seed}:\n${message}\n\n  ${lineOf(input)}\n`);
    if (values.grow) addToCorpus(target.name, [input]);
  }
  console.log(`\n${targets.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

async function replay(targets: readonly Target[], input: Uint8Array): Promise<void> {
  const [target] = targets;
  if (targets.length !== 1) fail("--input needs the one target that it is for");
  await using subject = await target!.open();
  using executor = new Executor(subject);
  await executor.run(input);
  await executor.check();
  console.log("it holds");
}

function lineFor({ name }: Target, { inputs, tookMs, kept }: Searched, coverage: Coverage): string {
  const seconds = tookMs / 1000;
  const share = (100 * coverage.covered / coverage.total).toFixed(1);
  return `${name.padEnd(14)}${String(inputs).padStart(9)} inputs in ${seconds.toFixed(0).padStart(4)} s ` +
    `(${(inputs / seconds).toFixed(0)} a second), coverage ${coverage.covered} bytes of src/ (${share} %), ` +
    `${kept.length} kept`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
