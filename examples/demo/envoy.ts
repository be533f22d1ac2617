import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { get } from "./get.ts";
import { ensureEnvoy } from "./install-envoy.ts";
import { waitFor } from "./wait-for.ts";

/** How to start Envoy. */
export interface EnvoyOptions {
  /** The bootstrap configuration, as an object of Envoy's JSON. */
  readonly config: object;
  /** Default: `warn`. */
  readonly logLevel?: "trace" | "debug" | "info" | "warn" | "error";
}

/** A running Envoy process. */
export interface Envoy extends AsyncDisposable {
  /** The id of the process. */
  readonly pid: number;
  /** The origin of the admin interface, such as `http://127.0.0.1:9901`. */
  readonly adminUrl: string;
  /** Reads a path of the admin interface, such as `/clusters`. */
  admin(path: string): Promise<string>;
  /** The port of a listener, once Envoy has opened it. */
  listenerPort(name: string): Promise<number>;
  /** Waits until Envoy has all that it needs to work. */
  ready(): Promise<void>;
  /** Ends the process and removes its files. */
  stop(): Promise<void>;
  /** Its log so far. */
  log(): Promise<string>;
  /** What it has written to its standard output so far, such as access logs. */
  output(): Promise<string>;
}

/** Starts Envoy and waits until its admin interface responds. Its files are in a new folder in the temp folder. */
export async function startEnvoy({ config, logLevel = "warn" }: EnvoyOptions): Promise<Envoy> {
  const binary = await ensureEnvoy();
  const folder = await mkdtemp(join(tmpdir(), "envoy-"));
  const path = (name: string): string => join(folder, name);
  const log = (): Promise<string> => readFile(path("envoy.log"), "utf8");
  const output = (): Promise<string> => readFile(path("output.log"), "utf8");
  await writeFile(path("bootstrap.json"), JSON.stringify(config));
  await writeFile(path("envoy.log"), "");
  const stdout = await open(path("output.log"), "a");
  const child = spawn(binary, [
    ...["--config-path", path("bootstrap.json")],
    ...["--admin-address-path", path("admin.txt")],
    ...["--log-path", path("envoy.log")],
    ...["--file-flush-interval-msec", "100"],
    ...["--log-level", logLevel],
    ...["--concurrency", "1"],
    // Several can run at a time, and none leaves shared memory behind.
    "--disable-hot-restart",
  ], { stdio: ["ignore", stdout.fd, "ignore"] });
  await stdout.close();
  // A process that ends without having stopped Envoy takes it along.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const ended = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`Cannot start ${binary}: ${error.message}`)));
    child.once("exit", async (code) => {
      reject(new Error(`Envoy ended with ${code}; its log:\n${await log().catch(() => "")}`));
    });
  });
  ended.catch(() => {});
  const responding = waitFor("Envoy's admin interface", async () => {
    const address = await readFile(path("admin.txt"), "utf8").catch(() => "");
    if (address === "") throw new Error(`no address yet; the log:\n${await log()}`);
    return `http://${address}`;
  });
  responding.catch(() => {});
  try {
    const adminUrl = await Promise.race([responding, ended]);
    return new EnvoyProcess(adminUrl, { pid: child.pid!, stop, log, output });
  } catch (error) {
    await stop();
    throw error;
  }
}

class EnvoyProcess implements Envoy {
  readonly adminUrl: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
  readonly log: () => Promise<string>;
  readonly output: () => Promise<string>;

  constructor(adminUrl: string, { pid, stop, log, output }: Pick<Envoy, "pid" | "stop" | "log" | "output">) {
    this.adminUrl = adminUrl;
    this.pid = pid;
    this.stop = stop;
    this.log = log;
    this.output = output;
  }

  async admin(path: string): Promise<string> {
    const { status, body } = await get(this.adminUrl + path);
    if (status !== 200) throw new Error(`Cannot read ${path}: status ${status}: ${body.trim()}`);
    return body;
  }

  async listenerPort(name: string): Promise<number> {
    const listeners = await this.admin("/listeners?format=json");
    const { listener_statuses = [] } = JSON.parse(listeners) as ListenersPage;
    const port = listener_statuses.find((l) => l.name === name)?.local_address.socket_address.port_value;
    if (port === undefined) throw new Error(`Cannot find listener "${name}" in ${listeners}`);
    return port;
  }

  async ready(): Promise<void> {
    await waitFor("Envoy to be ready", () => this.admin("/ready"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

interface ListenersPage {
  readonly listener_statuses?: readonly {
    readonly name: string;
    readonly local_address: { readonly socket_address: { readonly port_value: number } };
  }[];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(late);
}
