import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import process from "node:process";
import { waitFor } from "../demo/wait-for.ts";
import { freePort } from "./free-port.ts";

/** A replica in a process, which can be killed and started again. */
export class ReplicaProcess implements AsyncDisposable {
  readonly port: number;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined = undefined;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  /** Starts a replica. @param copyTo - the directory of its copy */
  static async start(servers: readonly string[], copyTo: string): Promise<ReplicaProcess> {
    const port = await freePort();
    const replica = new ReplicaProcess(port, [String(port), copyTo, ...servers]);
    await replica.start();
    return replica;
  }

  async start(): Promise<void> {
    const program = new URL("replica.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [program, ...this.#args], { stdio: ["ignore", "ignore", "inherit"] });
    this.#process = child;
    process.once("exit", () => child.kill("SIGKILL"));
    await waitFor(`the replica on port ${this.port}`, async () => {
      const socket = connect(this.port, "127.0.0.1");
      try {
        await once(socket, "connect");
      } finally {
        socket.destroy();
      }
    });
  }

  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop("SIGKILL");
  }
}
