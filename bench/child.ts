import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A process that is told what to do by lines of JSON, and answers each line by one. */
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
    this.#process.stdin!.on("error", () => {}); // it has exited, which the next answer tells
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws Error where it says so, or exits, or does not answer in time */
  async ask<T>(command: object): Promise<T> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const timeout = new AbortController();
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.#name} does not answer`)), ANSWER_MS);
      timeout.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    try {
      const { value, done } = await Promise.race([this.#lines.next(), late]);
      if (done) throw new Error(`${this.#name} has exited`);
      const answer = JSON.parse(value);
      if (answer?.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      timeout.abort();
    }
  }

  /** The most memory that it has had, in bytes; undefined where the system does not say. */
  get peakBytes(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024 || undefined;
    } catch {
      return undefined;
    }
  }

  /** Lets it exit by itself, which it does when there is nothing more to read; or else ends it. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), EXIT_MS);
    await this.#exit.catch(() => {});
    clearTimeout(timer);
  }
}

const ANSWER_MS = 120_000;
const EXIT_MS = 5000;
