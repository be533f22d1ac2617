import { Worker } from "node:worker_threads";

/** What the watchdog shares with its thread: a counter of inputs, the length of the present one, and its bytes. */
const HEAD_BYTES = 8;

/** Ends the process, with the input, where one input takes too long: the thread that takes it cannot do so itself. */
export class Watchdog implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #head: Int32Array;
  readonly #bytes: Uint8Array;

  /** @param maxBytes - the largest input @param timeoutMs - how long one may take */
  constructor(maxBytes: number, timeoutMs: number) {
    const shared = new SharedArrayBuffer(HEAD_BYTES + maxBytes);
    this.#head = new Int32Array(shared, 0, 2);
    this.#bytes = new Uint8Array(shared, HEAD_BYTES);
    this.#worker = new Worker(WATCH, { eval: true, execArgv: [], workerData: { shared, timeoutMs, pid: process.pid } });
    this.#worker.unref();
  }

  /** An input is about to be taken. */
  begin(input: Uint8Array): void {
    this.#bytes.set(input);
    this.#head[1] = input.length;
    Atomics.add(this.#head, 0, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

const WATCH = `
const { workerData: { shared, timeoutMs, pid } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const head = new Int32Array(shared, 0, 2);
let seen = -1;
setInterval(() => {
  const count = Atomics.load(head, 0);
  if (count === seen && count > 0) {
    const input = Buffer.from(new Uint8Array(shared, ${HEAD_BYTES}, head[1])).toString("base64");
    writeSync(2, "FINDING: an input took more than " + timeoutMs + " ms\\n  " + input + "\\n");
    process.kill(pid, "SIGKILL");
  }
  seen = count;
}, timeoutMs);
`;
