import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { freePort } from "../../tests/free-port.ts";

/** What a section of a page has its reader do: files to write, and commands to type. */
export interface Guide {
  /** The files, by name. A block of code is one if it begins with a comment that has nothing but a file's name. */
  readonly files: Readonly<Record<string, string>>;
  /** The commands, in their order. */
  readonly commands: string;
  /** What the commands print, in the order of the page: the comments after them that begin with `prints:`. */
  readonly prints: readonly string[];
}

/** Reads a section of a page in Markdown, from its heading to the next one of any level. */
export function guideOf(page: string, heading: string): Guide {
  const section = sectionsOf(page).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`Cannot find "${heading}"`);
  return read(section);
}

/** Reads all sections of a page, in their order. */
export function guidesOf(page: string): Guide[] {
  return sectionsOf(page).map(read);
}

function sectionsOf(page: string): string[] {
  return page.split(/^(?=#{2,} )/m);
}

function read(section: string): Guide {
  const blocks = Array.from(section.matchAll(/^```(\w+)\n([^]*?)^```/gm), ([, language, text]) => [language, text!]);
  const files = blocks.flatMap(([, text]) => {
    const [, name] = /^\/\/ ([\w.-]+)\n/.exec(text!) ?? [];
    return name === undefined ? [] : [[name, text!] as const];
  });
  const commands = blocks.filter(([language]) => language === "sh").map(([, text]) => text).join("");
  const prints = Array.from(commands.matchAll(/# prints: (.*)$/gm), ([, line]) => line!);
  return { files: Object.fromEntries(files), commands, prints };
}

/** Where and how commands are run. */
export interface RunOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Writes the files of guides into a folder and runs their commands there as they stand, in a shell for each guide; only
 * ports that are in use on this machine are replaced, which is printed. Whatever the commands of a guide left running is
 * ended with it.
 *
 * @throws Error with all output, if a command fails or something that the guide says is printed was not
 */
export async function follow(guides: readonly Guide[], options: RunOptions): Promise<void> {
  const text = guides.flatMap(({ files, commands }) => [commands, ...Object.values(files)]).join("\n");
  const free = await freeFrom(text);
  for (const guide of guides) await followOne(guide, free, options);
}

type Replace = (text: string) => string;

async function followOne(
  { files, commands, prints }: Guide,
  free: Replace,
  { folder, env }: RunOptions,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), free(text));
  if (commands === "") return;
  const shell = spawn("bash", ["-euo", "pipefail", "-c", free(commands)], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own, so that what runs in the background can be ended with it.
    detached: true,
  });
  const [stdout, stderr] = [textOf(shell.stdout), textOf(shell.stderr)];
  const late = setTimeout(() => endGroup(shell.pid!), MAX_MS);
  const closed = once(shell, "close");
  const [status] = await once(shell, "exit");
  clearTimeout(late);
  endGroup(shell.pid!);
  await closed;
  const printed = stdout().split("\n");
  const missing = prints.filter((line) => !printed.includes(line));
  if (status === 0 && missing.length === 0) return;
  const what = missing.length > 0 ? `"${missing.join('", "')}" was not printed` : "a command failed";
  throw new Error(`Cannot follow the guide: ${what} (status ${status})\n${free(commands)}\n${stdout()}\n${stderr()}`);
}

/** It takes seconds, unless the machine is busy with other work. */
const MAX_MS = 300_000;

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return () => chunks.join("");
}

/** Replaces those ports that a text mentions and that are in use here. */
async function freeFrom(text: string): Promise<Replace> {
  const ports = [...new Set(Array.from(text.matchAll(/(?<=:|port: |listen\()\d{4,5}\b/g), ([port]) => port))];
  const replaced = new Map<string, string>();
  for (const port of ports) if (!await isFree(Number(port))) replaced.set(port, `${await freePort()}`);
  for (const [port, other] of replaced) console.log(`  port ${port} is in use here: ${other} instead`);
  const inUse = new RegExp(`\\b(${[...replaced.keys()].join("|")})\\b`, "g");
  return (text) => replaced.size === 0 ? text : text.replaceAll(inUse, (port) => replaced.get(port)!);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => resolve(true));
  });
  const free = await listening;
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

/** The path of a program that a package of npm contains, which is installed if it is missing. */
export async function programOf(npm: string, bin: string): Promise<string> {
  const which = ["exec", "--yes", `--package=${npm}`, "--call", `command -v ${bin}`];
  return await new Promise((resolve, reject) => {
    execFile("npm", which, (error, stdout) => error ? reject(error) : resolve(stdout.trim()));
  });
}
