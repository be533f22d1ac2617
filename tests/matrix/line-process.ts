import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

/** How to start a {@link LineProcess}. */
export interface LineProcessOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that reads commands as lines of JSON, and prints one line with the result of each. */
export class LineProcess implements AsyncDisposable {
  readonly #command: readonly string[];
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<void>;
  /** One command at a time, so that each gets its own result. */
  #last: Promise<unknown> = Promise.resolve();
  #errors = "";

  constructor(command: readonly string[], { env = {} }: LineProcessOptions = {}) {
    const [program, ...args] = command;
    this.#command = command;
    this.#process = spawn(program!, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
    this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-MAX_ERRORS);
    });
    // A write to a process that has just ended is not the fault to report.
    this.#process.stdin!.on("error", () => {});
    const kill = (): void => void this.#process.kill("SIGKILL");
    process.once("exit", kill);
    this.#exit = new Promise((resolve) => {
      const over = (): void => {
        process.off("exit", kill);
        resolve();
      };
      this.#process.once("exit", over);
      this.#process.once("error", (error) => {
        this.#errors += error.message;
        over();
      });
    });
  }

  /** The end of its standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** The id of the process; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves once it has ended. */
  get exited(): Promise<void> {
    return this.#exit;
  }

  /** How it has ended: its exit code, or the name of the signal; undefined while it runs. */
  get exit(): number | string | undefined {
    return this.#process.exitCode ?? this.#process.signalCode ?? undefined;
  }

  /** Sends a command. @returns its result */
  send(command: object): Promise<unknown> {
    const result = this.#last.then(() => this.#run(command));
    this.#last = result.catch(() => {});
    return result;
  }

  /** Sends it a signal, such as SIGSTOP. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Ends its input, and waits until it exits by itself. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.#exit;
    clearTimeout(late);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(command: object): Promise<unknown> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    await this.#exit;
    throw new Error(`${this.#command.join(" ")} has ended with ${this.#process.exitCode}:\n${this.#errors}`);
  }
}

/** In characters. */
const MAX_ERRORS = 20_000;
