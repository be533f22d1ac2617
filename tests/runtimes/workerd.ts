import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { commandOf } from "./runtimes.ts";
import type { RestServer } from "./rest.ts";

export const WORKERD = "workerd@1.20261117.1";
const ESBUILD = "esbuild@0.28.2";

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
);
`;

/** The server for polls as a worker: bundled to one file, and run by workerd, which has neither files nor Node. */
export async function startWorkerd(): Promise<RestServer> {
  const folder = await mkdtemp(join(tmpdir(), "ts-control-plane-workerd-"));
  try {
    const [esbuild] = await commandOf({ name: "esbuild", npm: ESBUILD, bin: "esbuild", args: [] });
    const worker = join(import.meta.dirname, "rest-worker.ts");
    const options = ["--bundle", "--format=esm", "--log-level=warning", `--outfile=${join(folder, "worker.js")}`];
    await promisify(execFile)(esbuild!, [worker, ...options]);
    await writeFile(join(folder, "config.capnp"), CONFIG);
    const [bin] = await commandOf({ name: "workerd", npm: WORKERD, bin: "workerd", args: [] });
    const args = ["serve", join(folder, "config.capnp"), "--control-fd=3"];
    const process = spawn(programOf(bin!), args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
    const exit = once(process, "exit");
    const port = await Promise.race([
      portOf(process.stdio[3] as Readable),
      exit.then(([code]) => Promise.reject(new Error(`workerd has exited with ${code}`))),
    ]);
    return {
      port,
      async stop() {
        process.kill();
        await exit;
        await rm(folder, { recursive: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}

/** The path of the program itself: npm's is a script that starts it, which could not be ended by its id. */
function programOf(bin: string): string {
  const { default: path } = createRequire(bin)("workerd") as { readonly default: string };
  return path;
}

async function portOf(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const event = JSON.parse(line) as { readonly event: string; readonly port?: number };
    if (event.event === "listen") return event.port!;
  }
  throw new Error("Cannot find the port of workerd");
}
