import { join } from "node:path";
import process from "node:process";
import { commandOf, RUNTIMES } from "../tests/runtimes/runtimes.ts";
import { buildGo, buildPackage, buildServers } from "./build.ts";
import type { CacheKind } from "./protocol.ts";

/** A server that is measured. */
export interface ServerKind {
  readonly name: string;
  readonly what: string;
  readonly cache: CacheKind;
  /** Measured unless others are named. */
  readonly usual: boolean;
  /** The command that runs it. */
  command(options: ServerOptions): Promise<readonly string[]>;
}

export interface ServerOptions {
  readonly runtime: string;
  /** The folder of other sources to run, as they are. */
  readonly root?: string | undefined;
  /** A folder to write a CPU profile of each run into, with Node. */
  readonly profile?: string | undefined;
}

export const SERVERS: readonly ServerKind[] = [
  script({ name: "ours", what: "this project, SnapshotCache", cache: "snapshot", file: "ours" }),
  script({ name: "ours-linear", what: "this project, LinearCache", cache: "linear", file: "ours", usual: false }),
  script({
    name: "ours-hosts",
    what: "the same, of hosts by clusterEndpoints()",
    cache: "linear",
    file: "ours",
    usual: false,
    maker: "hosts",
  }),
  script({ name: "ours-2", what: "this project, two threads on one port", cache: "snapshot", file: "cores" }),
  peer({ name: "go-snapshot", what: "go-control-plane, SnapshotCache", cache: "snapshot" }),
  peer({ name: "go-linear", what: "go-control-plane, LinearCache", cache: "linear" }),
  script({ name: "floor", what: "node:http2 that writes one prepared buffer", cache: "snapshot", file: "floor" }),
];

/** What runs a file with access to the garbage collector. */
const ARGS: Readonly<Record<string, readonly string[]>> = {
  node: ["--expose-gc"],
  deno: ["run", "--quiet", "--allow-all", "--v8-flags=--expose-gc"],
  bun: ["run"],
};

export const RUNTIME_NAMES: readonly string[] = Object.keys(ARGS);

/** The command that runs a file with a runtime, with access to the garbage collector. @param heapMb limits the heap */
export async function commandWith(runtime: string, file: string, heapMb?: number): Promise<readonly string[]> {
  const [program, args] = [await programOf(runtime), ARGS[runtime]!];
  if (heapMb === undefined) return [program, ...args, file];
  const limit = `--max-old-space-size=${heapMb}`;
  if (runtime === "node") return [program, ...args, limit, file];
  if (runtime === "deno") return [program, ...args.map((arg) => arg.replace(/^--v8-flags=/, `$&${limit},`)), file];
  throw new Error(`Cannot limit the heap of ${runtime}`);
}

function script(
  { name, what, cache, file, usual = true, maker = "init" }: {
    readonly name: string;
    readonly what: string;
    readonly cache: CacheKind;
    readonly file: string;
    readonly usual?: boolean;
    /** How endpoints are made, for this project's server. */
    readonly maker?: "init" | "hosts";
  },
): ServerKind {
  return {
    name,
    what,
    cache,
    usual,
    async command({ runtime, root, profile }) {
      const program = file === "floor" ? "node" : runtime;
      const profiling = profile === undefined || program !== "node" ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
      const args = root === undefined
        ? [pathOf(file, program), maker, ...file === "ours" && program === "node" ? [packageFolder()] : []]
        : [join(SOURCES, `${file}.ts`), maker, root];
      return [await programOf(program), ...ARGS[program]!, ...profiling, ...args];
    },
  };
}

const SOURCES = join(import.meta.dirname, "servers");
let compiled: string | undefined;
let packaged: string | undefined;

function packageFolder(): string {
  return packaged ??= buildPackage();
}

/** Node runs what npm brings its users, JavaScript; the others run the sources. */
function pathOf(file: string, program: string): string {
  return program === "node" ? join(compiled ??= buildServers(), `${file}.js`) : join(SOURCES, `${file}.ts`);
}

async function programOf(name: string): Promise<string> {
  if (name === "node") return process.execPath;
  return (await commandOf(RUNTIMES.find(({ bin }) => bin === name)!))[0]!;
}

function peer({ name, what, cache }: Pick<ServerKind, "name" | "what" | "cache">): ServerKind {
  let program: string | undefined;
  return { name, what, cache, usual: true, command: async () => [program ??= buildGo("peer")] };
}
