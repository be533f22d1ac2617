import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How Envoy is run. */
export interface RunOptions {
  /** The path of the program. */
  readonly envoy: string;
  /** How long one run may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends a run. */
  readonly signal: AbortSignal | undefined;
}

/** Makes the bootstrap, given the path of a file without resources. */
export type Render = (emptyFile: string) => Uint8Array;

/**
 * Has Envoy validate a bootstrap, one at a time in this process.
 *
 * @returns what Envoy says is wrong; undefined if it accepts the bootstrap
 * @throws Error if Envoy cannot be run, or takes too long; the reason of the signal if it is aborted
 */
export async function runEnvoy(render: Render, options: RunOptions): Promise<string | undefined> {
  const before = last;
  const { promise, resolve } = Promise.withResolvers<void>();
  last = promise;
  await before;
  try {
    options.signal?.throwIfAborted();
    return await runOnce(render, options);
  } finally {
    resolve();
  }
}

/** Ends when the run before has ended. */
let last: Promise<void> = Promise.resolve();

/** What Envoy said of the bootstraps of late, by their hash. */
const known = new Map<string, string | undefined>();
const MAX_KNOWN = 1_000;

async function runOnce(render: Render, options: RunOptions): Promise<string | undefined> {
  // The path of the folder differs each time, and must not be a part of the hash.
  const hash = createHash("sha256").update(options.envoy).update("\0").update(render(EMPTY_FILE)).digest("hex");
  if (known.has(hash)) {
    const reason = known.get(hash);
    known.delete(hash);
    known.set(hash, reason);
    return reason;
  }
  // The folder is readable by this user only, as mkdtemp makes it.
  const folder = await mkdtemp(join(tmpdir(), "envoy-validate-"));
  try {
    const [bootstrap, empty] = [join(folder, "bootstrap.pb"), join(folder, EMPTY_FILE)];
    await writeFile(empty, '{ "resources": [] }', { mode: 0o600 });
    await writeFile(bootstrap, render(empty), { mode: 0o600 });
    const reason = await validate(bootstrap, options);
    known.set(hash, reason?.replaceAll(folder, ""));
    if (known.size > MAX_KNOWN) known.delete(known.keys().next().value!);
    return known.get(hash);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EMPTY_FILE = "empty.json";
const MAX_OUTPUT = 16_000_000;
const KEPT = 4_096;

function validate(bootstrap: string, { envoy, timeoutMs, signal }: RunOptions): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const args = ["--mode", "validate", "--config-path", bootstrap, "--log-level", "error", "--log-format", "%v"];
    const child = spawn(envoy, args, { stdio: ["ignore", "ignore", "pipe"] });
    const output: Uint8Array[] = [];
    let size = 0;
    child.stderr.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= MAX_OUTPUT) output.push(chunk);
    });
    const kill = (): void => void child.kill("SIGKILL");
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, timeoutMs);
    signal?.addEventListener("abort", kill, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
    };
    child.once("error", (error) => {
      done();
      reject(new Error(`Cannot run ${envoy}: ${whyNot(error)}`));
    });
    child.once("close", (code, killedBy) => {
      done();
      if (signal?.aborted) return reject(signal.reason);
      if (isLate) return reject(new Error(`Cannot validate with ${envoy}: it takes longer than ${timeoutMs} ms`));
      if (code === 0) return resolve(undefined);
      const text = withoutMiddle(new TextDecoder().decode(concat(output)));
      if (code === 1) return resolve(text);
      reject(new Error(`Cannot validate with ${envoy}: it ended with ${killedBy ?? code}`));
    });
  });
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "it does not exist; give the path of an Envoy as the option `envoy`";
  return code === "EACCES" ? "it cannot be executed; make it executable, or give the path of another" : message;
}

/** What Envoy says is at the beginning, or after a dump of the configuration at the end. */
function withoutMiddle(text: string): string {
  return text.length <= 2 * KEPT ? text : `${text.slice(0, KEPT)}…${text.slice(-KEPT)}`;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
