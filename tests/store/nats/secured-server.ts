import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../examples/cluster/free-port.ts";
import { ensureNats } from "../../../examples/cluster/install-nats.ts";
import { untilListening } from "../../../examples/cluster/nats-server.ts";

/** A NATS server with JetStream that does not let everyone in. */
export class SecuredServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  #config: string;
  #process: ChildProcess | undefined = undefined;

  private constructor(port: number, folder: string, config: string) {
    this.port = port;
    this.#folder = folder;
    this.#config = config;
  }

  /**
   * Starts one.
   *
   * @param files - their text, by name
   * @param config - more of its configuration, by the folder of the files
   */
  static async start(files: Readonly<Record<string, string>>, config: (folder: string) => string) {
    const folder = mkdtempSync(join(tmpdir(), "nats-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const server = new SecuredServer(await freePort(), folder, config(folder));
    await server.start();
    return server;
  }

  /** The path of one of its files. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Starts it again. @param more - configuration in place of the former one */
  async start(more: string = this.#config): Promise<void> {
    this.#config = more;
    const config = this.path("server.conf");
    const lines = ["host: 127.0.0.1", `port: ${this.port}`, `jetstream { store_dir: "${this.path("data")}" }`];
    writeFileSync(config, [...lines, this.#config].join("\n"));
    const child = spawn(await ensureNats(), ["-c", config, "-l", this.path("log")], { stdio: "ignore" });
    this.#process = child;
    await untilListening(child, { port: this.port, config });
  }

  async stop(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
