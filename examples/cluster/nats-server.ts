import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { ensureNats } from "./install-nats.ts";

/** A server that knows the others of its cluster. */
export interface ClusterPlace {
  readonly name: string;
  readonly port: number;
  readonly routes: readonly number[];
}

/** A NATS server of this machine, whose data outlive it. */
export class NatsServer {
  readonly port: number;
  readonly #directory: string;
  readonly #cluster: ClusterPlace | undefined;
  #process: ChildProcess | undefined = undefined;
  #data = "data";
  #mostBytes: number | undefined = undefined;

  private constructor(port: number, directory: string, cluster: ClusterPlace | undefined) {
    this.port = port;
    this.#directory = directory;
    this.#cluster = cluster;
  }

  static async start(cluster?: ClusterPlace): Promise<NatsServer> {
    const directory = await mkdtemp(join(tmpdir(), "nats-"));
    const server = new NatsServer(await freePort(), directory, cluster);
    await server.start();
    return server;
  }

  /** Three servers that hold each bucket three times. */
  static async startThree(): Promise<NatsServer[]> {
    const routes = [await freePort(), await freePort(), await freePort()];
    return await Promise.all(routes.map((port, i) => NatsServer.start({ name: `n${i}`, port, routes })));
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get name(): string | undefined {
    return this.#cluster?.name;
  }

  async start(): Promise<void> {
    const config = join(this.#directory, "server.conf");
    await writeFile(config, this.#config());
    const binary = await ensureNats();
    const child = spawn(binary, ["-c", config], { stdio: "ignore" });
    this.#process = child;
    child.once("exit", () => this.#process === child && (this.#process = undefined));
    await untilListening(child, { port: this.port, config });
  }

  /** As if the machine had lost its power, with what is flushed by then. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  suspend(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Copies its data, which a later {@link useData} brings back. The server must not run. */
  async copyData(name: string): Promise<void> {
    await cp(join(this.#directory, this.#data), join(this.#directory, name), { recursive: true });
  }

  /** Lets it start with other data: a copy, or none if there is none of that name. */
  async useData(name: string): Promise<void> {
    this.#data = name;
    await mkdir(join(this.#directory, name), { recursive: true });
  }

  /** What its data may take on the disk from its next start on; undefined: as much as the disk has. */
  limit(bytes: number | undefined): void {
    this.#mostBytes = bytes;
  }

  /** The folder of its data. */
  get dataPath(): string {
    return join(this.#directory, this.#data);
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #config(): string {
    const cluster = this.#cluster;
    const most = this.#mostBytes === undefined ? "" : `, max_file_store: ${this.#mostBytes}`;
    const lines = [
      `host: 127.0.0.1`,
      `port: ${this.port}`,
      `jetstream { store_dir: "${this.dataPath}", sync_interval: always${most} }`,
    ];
    if (cluster !== undefined) {
      const routes = cluster.routes.filter((port) => port !== cluster.port).map((port) => `"nats://127.0.0.1:${port}"`);
      lines.push(`server_name: ${cluster.name}`);
      lines.push(`cluster { name: test, host: 127.0.0.1, port: ${cluster.port}, routes: [${routes.join(", ")}] }`);
    }
    return lines.join("\n");
  }
}

/** Waits until a server that was started listens. @throws Error if it ends, or does not listen within 30 s */
export async function untilListening(
  child: ChildProcess,
  { port, config }: { readonly port: number; readonly config: string },
): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await accepts(port)) return;
    if (child.exitCode !== null) throw new Error(`The NATS server has ended with ${child.exitCode}: see ${config}`);
    await sleep(50);
  }
  throw new Error("The NATS server does not listen");
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
