import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { waitFor } from "../../../examples/demo/wait-for.ts";

/** A line of the log of `xds serve`, as JSON. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly port?: number;
}

const MAIN = join(import.meta.dirname, "../../../src/cli/main.ts");

/** The commands that end by themselves. */
export type CommandName = "validate" | "validate --envoy-path" | "bootstrap" | "schema";

/** The command line of a command, by runtime; that of Deno has the permissions that it needs and no more. */
export function commandOf(runtime: string, name: "serve" | CommandName, directory: string): readonly string[] {
  const words = name.split(" ");
  if (runtime === "node") return [process.execPath, MAIN, ...words];
  const permissions = PERMISSIONS[name].map((each) => each === "--allow-read" ? `${each}=${directory}` : each);
  return ["deno", "run", "--quiet", "--no-prompt", ...permissions, MAIN, ...words];
}

/** As in docs/xds-command.md. Variables are those that the package `yaml` looks for, and those that files refer to. */
const PERMISSIONS = {
  serve: [
    "--allow-net=127.0.0.1",
    "--allow-read",
    "--allow-env=LOG_STREAM,LOG_TOKENS,APP_HOST,WEB_HOST,NOT_SET_ANYWHERE",
  ],
  validate: ["--allow-read", "--allow-env=LOG_STREAM,LOG_TOKENS"],
  "validate --envoy-path": ["--allow-read", "--allow-env", "--allow-run", "--allow-write"],
  bootstrap: [],
  schema: [],
} as const satisfies Record<string, readonly string[]>;

/** `xds serve`, in a process of its own. */
export class ServeCommand implements AsyncDisposable {
  /** The lines of its log so far. */
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;

  /** @param options - of the command; files that they name are in the directory of the path */
  constructor(runtime: string, path: string, options: readonly string[] = []) {
    const [program, ...args] = commandOf(runtime, "serve", options.length > 0 ? dirname(path) : path);
    const all = [...args, "--port=0", "--log-format=json", "--drain-seconds=2", ...options, path];
    this.#child = spawn(program!, all, { stdio: ["ignore", "inherit", "pipe"] });
    createInterface({ input: this.#child.stderr! }).on("line", (line) => {
      try {
        this.lines.push(JSON.parse(line) as LogLine);
      } catch {
        this.lines.push({ level: "none", message: line });
      }
    });
  }

  /** The port that it listens on. */
  async port(): Promise<number> {
    return (await this.line("the port", 0, ({ port }) => port !== undefined)).port!;
  }

  /** Waits for a line. @param from - how many lines to skip */
  line(what: string, from: number, isIt: (line: LogLine) => boolean): Promise<LogLine> {
    return waitFor(what, () => {
      const found = this.lines.slice(from).find(isIt);
      if (found === undefined) throw new Error(this.lines.slice(from).map(({ message }) => message).join("\n"));
      return found;
      // Several processes start at once, of which each compiles the types of the API.
    }, { timeoutMs: 60_000 });
  }

  /** Ends it by SIGTERM. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      await exited;
    }
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
