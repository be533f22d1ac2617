import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { LineProcess } from "../matrix/line-process.ts";
import { Attack } from "./attack.ts";
import type { Health } from "./healthy.ts";
import { cpuMsOf, memoryOf, resetPeak } from "./processes.ts";
import { until } from "./raw-http2.ts";
import { DEFAULT_LIMITS, type Limits, type Row } from "./row.ts";
import type { Measured, ServerSpec, Started, State } from "./server-command.ts";

/** What an attack cost. Bytes and milliseconds. */
export interface Figures {
  readonly sent: number;
  readonly serverCpuMs: number;
  readonly attackerCpuMs: number;
  readonly peak: number;
  readonly held: number;
  readonly left: number;
  readonly lagP99: number;
  readonly lagMax: number;
  readonly blocked: number;
  readonly healthyP99: number;
}

/** How an attack went. */
export interface Outcome {
  readonly row: Row;
  readonly runtime: string;
  /** Empty: the limits held. */
  readonly failures: readonly string[];
  readonly notes: readonly string[];
  /** Undefined where the server has ended. */
  readonly figures: Figures | undefined;
}

const MB = 1_000_000;
/** Less processor time than this says nothing: a garbage collection takes as much. */
const MIN_CPU_MS = 300;
/** Less memory than this says nothing either. */
const MIN_HELD = 2 * MB;
const SETTLE_MS = 150;
/** How long memory may take to be freed. */
const LEFT_MS = 4_000;
/** An attack that takes longer hangs, in the short and in the long form. */
const MAX_MS = [150_000, 300_000] as const;

/** Runs attacks against a server on one runtime, one after another, and judges them from outside. */
export class Judge implements AsyncDisposable {
  readonly #runtime: string;
  readonly #command: readonly string[];
  readonly #healthy = new LineProcess([process.execPath, join(import.meta.dirname, "healthy.ts")]);
  #server: Server | undefined;

  /** @param command - that runs a file on the runtime */
  constructor(runtime: string, command: readonly string[]) {
    this.#runtime = runtime;
    this.#command = command;
  }

  /** Attacks, and says what that cost. */
  async run(row: Row, { isLong = false } = {}): Promise<Outcome> {
    const spec = row.server ?? {};
    // In the long form each has a process of its own, so that what one has left in the memory hides nothing of the next.
    const server = await this.#serverOf(spec, isLong || row.ends === true);
    const run = new Run(server, this.#healthy);
    const attack = new Attack({
      ...server.started,
      isLong,
      runtime: this.#runtime,
      pid: server.pid,
      command: (command) => server.process.send(command),
      hold: () => run.hold(),
      exited: async () => (await server.process.exited, server.process.exit),
    });
    try {
      await run.start();
      await within(MAX_MS[isLong ? 1 : 0], row.run(attack));
      if (!row.ends) await run.end(attack);
      else await attack.close();
    } catch (error) {
      attack.failures.push(error instanceof Error ? error.stack ?? error.message : String(error));
      await attack.close();
    }
    const exit = server.process.exit;
    if (exit !== undefined && !row.ends) {
      attack.failures.unshift(`The server has ended: ${exit}\n${server.process.errors}`);
    }
    const { figures } = run;
    if (figures !== undefined) attack.failures.push(...exceeded(figures, { ...DEFAULT_LIMITS, ...row.limits }));
    // What one attack has left behind is not held against the next one.
    if (row.ends || attack.failures.length > 0) await this.#stop();
    return { row, runtime: this.#runtime, failures: attack.failures, notes: attack.notes, figures };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#healthy.kill();
  }

  async #serverOf(spec: ServerSpec, isFresh: boolean): Promise<Server> {
    const key = JSON.stringify(spec);
    if (this.#server?.key === key && !isFresh && this.#server.process.exit === undefined) return this.#server;
    await this.#stop();
    const process = new LineProcess([...this.#flags(spec), join(import.meta.dirname, "server.ts")]);
    const started = await process.send({ do: "start", spec }) as Started;
    this.#server = { key, process, pid: process.pid!, started };
    const tls = spec.healthyTls;
    await this.#healthy.send({ do: "connect", port: started.port, ...tls && { tls } });
    return this.#server;
  }

  #flags({ heapMb }: ServerSpec): string[] {
    const [program, ...args] = this.#command;
    if (this.#runtime === "Bun") return [program!, ...args];
    const flags = ["--expose-gc", ...heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]];
    return [program!, ...args, ...this.#runtime === "Deno" ? [`--v8-flags=${flags.join(",")}`] : flags];
  }

  async #stop(): Promise<void> {
    await this.#healthy.send({ do: "disconnect" });
    await this.#server?.process.kill();
    this.#server = undefined;
  }
}

interface Server {
  readonly key: string;
  readonly process: LineProcess;
  readonly pid: number;
  readonly started: Started;
}

/** The measurements of one attack. */
class Run {
  readonly #server: Server;
  readonly #healthy: LineProcess;
  #before: Measured | undefined;
  #stateBefore: State | undefined;
  #memory = 0;
  #serverCpu = 0;
  #attackerCpu = process.cpuUsage();
  #collectMs = 0;
  #held = 0;
  #lagP99 = 0;
  #lagMax = 0;
  #blocked = 0;
  figures: Figures | undefined = undefined;

  constructor(server: Server, healthy: LineProcess) {
    this.#server = server;
    this.#healthy = healthy;
  }

  async start(): Promise<void> {
    this.#stateBefore = await this.#server.process.send({ do: "state" }) as State;
    this.#before = await this.#measure();
    this.#memory = memoryOf(this.#server.pid).now;
    resetPeak(this.#server.pid);
    await this.#healthy.send({ do: "sample" });
    this.#lagP99 =
      this.#lagMax =
      this.#blocked =
      this.#collectMs =
        0;
    this.#serverCpu = cpuMsOf(this.#server.pid);
    this.#attackerCpu = process.cpuUsage();
  }

  /** @returns bytes held more than before */
  async hold(): Promise<number> {
    const { heap } = await this.#measure();
    const held = heap - this.#before!.heap;
    this.#held = Math.max(this.#held, held);
    return held;
  }

  /** Closes the connections of the attack, and checks that nothing is left of it. */
  async end(attack: Attack): Promise<void> {
    const attacker = process.cpuUsage(this.#attackerCpu);
    const { sent } = attack;
    // What it has received costs it something still.
    await attack.state();
    await sleep(SETTLE_MS);
    await attack.state();
    const serverCpu = cpuMsOf(this.#server.pid);
    const { peak } = memoryOf(this.#server.pid);
    const health = await this.#healthy.send({ do: "sample" }) as Health;
    attack.expect(health.alive, "The stream of the healthy client has ended");
    attack.expect(health.trips > 0, "The healthy client was not served");
    const collectMs = this.#collectMs;
    await this.#measure();
    const [lagP99, lagMax, blocked] = [this.#lagP99, this.#lagMax, this.#blocked];
    await attack.close();
    await this.#expectNothingLeft(attack);
    let left = 0;
    // Streams that were reset are freed a moment later.
    await until(async () => {
      left = (await this.#measure()).heap - this.#before!.heap;
      return left < MIN_HELD;
    }, LEFT_MS);
    await this.#healthy.send({ do: "sample" });
    this.figures = {
      sent,
      serverCpuMs: Math.max(0, serverCpu - this.#serverCpu - collectMs),
      attackerCpuMs: (attacker.user + attacker.system) / 1000,
      peak: Math.max(0, peak - this.#memory),
      held: Math.max(0, this.#held),
      left,
      lagP99,
      lagMax,
      blocked,
      healthyP99: health.p99,
    };
  }

  async #expectNothingLeft(attack: Attack): Promise<void> {
    const before = this.#stateBefore!;
    let state = before;
    await until(async () => {
      state = await attack.state();
      return NAMES.every((name) => state[name] <= before[name]) && state.opened - state.closed === state.streams;
    }, 20_000);
    for (const name of NAMES) attack.expect(state[name] <= before[name], `${state[name]} ${name} are left`);
    const open = state.opened - state.closed;
    attack.expect(open === state.streams, `onStreamClose was not called for ${open - state.streams} streams`);
    attack.expect(state.faults === before.faults, `${state.faults - before.faults} faults were reported`);
  }

  /** While no round trip of the healthy client waits, since the garbage collection that is asked for is no attack. */
  async #measure(): Promise<Measured> {
    await this.#healthy.send({ do: "pause" });
    const measured = await this.#server.process.send({ do: "measure" }) as Measured;
    await this.#healthy.send({ do: "resume" });
    this.#lagP99 = Math.max(this.#lagP99, measured.lagP99);
    this.#lagMax = Math.max(this.#lagMax, measured.lagMax);
    this.#blocked = Math.max(this.#blocked, measured.blocked);
    this.#collectMs += measured.collectMs;
    return measured;
  }
}

const NAMES = ["streams", "watches", "connections", "unsentBytes", "keys"] as const;

function exceeded(figures: Figures, limits: Limits): string[] {
  const { sent, serverCpuMs, attackerCpuMs, peak, held, left, blocked, healthyP99 } = figures;
  const failures: string[] = [];
  const check = (what: string, value: number, limit: number): void => {
    if (value > limit) failures.push(`${what}: ${value.toFixed(1)}, limit ${limit}`);
  };
  check("MB of memory at the peak", peak / MB, limits.peakMb);
  check("MB held", held / MB, limits.heldMb);
  check("MB left", left / MB, limits.leftMb);
  check("ms of work without a pause", blocked, limits.blockedMs);
  check("ms of a healthy client", healthyP99, limits.healthyMs);
  if (held > MIN_HELD) check("bytes held a byte sent", held / sent, limits.heldRatio);
  if (serverCpuMs > MIN_CPU_MS) {
    check("CPU of the server for that of the attacker", serverCpuMs / attackerCpuMs, limits.cpuRatio);
  }
  return failures;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`It did not end within ${ms / 1000} s`)), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
