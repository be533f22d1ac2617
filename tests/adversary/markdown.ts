import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandOf, RUNTIMES } from "../runtimes/runtimes.ts";
import type { Figures } from "./judge.ts";
import { cpuRatioOf, heldRatioOf, numberOf } from "./print.ts";

const PAGE = join(import.meta.dirname, "../../docs/security.md");
/** The table stands between these lines. */
const MARKS = ["<!-- attacks: begin -->", "<!-- attacks: end -->"] as const;

/** What `--json` writes, as far as the table needs it. */
export interface Report {
  readonly date: string;
  readonly isLong: boolean;
  readonly outcomes: readonly {
    readonly runtime: string;
    readonly case: string;
    readonly failure: string | null;
    readonly figures?: Figures;
  }[];
}

/** Writes the table of docs/security.md from reports, with their date and the versions of the runtimes. */
export async function writeMarkdown(files: readonly string[]): Promise<void> {
  const reports = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
  // The last report that has an attack counts.
  const byAttack = new Map(reports.flatMap(({ outcomes }) => outcomes).map((each) => [each.runtime + each.case, each]));
  const outcomes = [...byAttack.values()];
  const page = readFileSync(PAGE, "utf8");
  const [begin, end] = MARKS.map((mark) => page.indexOf(mark)) as [number, number];
  if (begin < 0 || end < begin) throw new Error(`Cannot find ${MARKS.join(" and ")} in ${PAGE}`);
  const names = [...new Set(outcomes.map(({ runtime }) => runtime))];
  const versions = await Promise.all(names.map(versionOf));
  const date = reports.map(({ date }) => date).sort().at(-1);
  const counts = reports.every(({ isLong }) => isLong) ? "the full counts" : "the small counts of CI";
  const about = `Measured on ${date} with ${versions.join(", ")}, on a busy machine of two cores, with ${counts}.`;
  const text = [MARKS[0], about, table(outcomes)].join("\n\n");
  writeFileSync(PAGE, `${page.slice(0, begin)}${text}\n\n${page.slice(end)}`);
  execFileSync("deno", ["fmt", "--quiet", PAGE]);
}

function table(outcomes: Report["outcomes"]): string {
  const head = ["attack", "runtime", "sent, KB", "server, ms", "CPU ratio", "held, MB", "held/sent", "result"];
  const rows = outcomes.map(({ case: name, runtime, failure, figures }) => {
    const numbers = figures === undefined ? ["", "", "", "", ""] : [
      numberOf(figures.sent / 1000),
      numberOf(figures.serverCpuMs),
      numberOf(cpuRatioOf(figures)),
      numberOf(figures.held / 1e6),
      numberOf(heldRatioOf(figures)),
    ];
    // "*" and other signs of Markdown stand in titles.
    const title = name.replaceAll(/[*_|<>]/g, "\\$&");
    return [title, runtime, ...numbers, failure !== null ? "**exceeded**" : "held"];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

async function versionOf(name: string): Promise<string> {
  const [program] = await commandOf(RUNTIMES.find((runtime) => runtime.name === name)!);
  const version = execFileSync(program!, ["--version"], { encoding: "utf8" });
  return `${name.split(" ")[0]} ${/\d+\.\d+\.\d+/.exec(version)?.[0]}`;
}
