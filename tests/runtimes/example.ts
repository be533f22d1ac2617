import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const FILE = join(import.meta.dirname, "../../examples/server/main.ts");

/** The example server on some runtime, which publishes a change each second. */
export class Example implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start([program, ...args]: readonly string[]): Promise<Example> {
    const ports = ["--port=0", "--listener-port=0", "--upstream-port=0", "--interval=1"];
    const process = spawn(program!, [...args, FILE, ...ports], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: process.stdout })) {
      const port = /xDS on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      process.stdout.resume();
      return new Example(process, Number(port));
    }
    throw new Error(`the example has exited with ${process.exitCode}`);
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Sends SIGTERM. @returns the status that the process has exited with */
  async stop(): Promise<number | null> {
    const exit = new Promise<number | null>((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    return await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.stop();
  }
}
