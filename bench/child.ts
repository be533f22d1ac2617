import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A process that reads commands as lines of JSON, and prints one line with the result of each. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown>;

  constructor([program, ...args]: readonly string[]) {
    this.#name = [program!, ...args].map((part) => part.split("/").at(-1)).join(" ");
    this.#process = spawn(program!, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#exit = once(this.#process, "exit");
    this.#exit.catch(() => {});
    this.#process.stdin!.on("error", () => {}); // it has exited, which the next command reports
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Sends a command. @throws Error if it reports one, exits, or has no result in time */
  async request<T>(command: object): Promise<T> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const timeout = new AbortController();
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.#name} has no result in time`)), TIMEOUT_MS);
      timeout.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done) throw new Error(`${this.#name} has exited`);
      const result = JSON.parse(value);
      if (result?.error !== undefined) throw new Error(result.error);
      return result;
    } finally {
      timeout.abort();
    }
  }

  /** Its peak memory, in bytes; undefined if the system does not report it. */
  get peakBytes(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024 || undefined;
    } catch {
      return undefined;
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exit.catch(() => {});
  }

  /** Ends its input, so that it exits by itself; ends it if it does not. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), EXIT_MS);
    await this.#exit.catch(() => {});
    clearTimeout(timer);
  }
}

const TIMEOUT_MS = 120_000;
const EXIT_MS = 5000;
