import { join } from "node:path";
import process from "node:process";
import { LineProcess } from "../matrix/line-process.ts";
import type { Client, Command, ReplicaStatus } from "./command.ts";
import type { State } from "./state.ts";

/** Longer than a replica takes for a command, also on a busy machine. */
const START_MS = 60_000;

/** A replica of the server as a process that can be killed and started again, always on the same port. */
export class Replica implements AsyncDisposable {
  readonly port: number;
  readonly #clients: readonly Client[];
  /** The latest state of each node, and whether the process was sent it. */
  readonly #states = new Map<string, { readonly state: State; isSent: boolean }>();
  #process: LineProcess | undefined = undefined;
  #sending: Promise<void> | undefined = undefined;

  constructor(port: number, clients: readonly Client[]) {
    this.port = port;
    this.#clients = clients;
  }

  /** @param options.isEmpty whether it publishes nothing before {@link publishAll}. Default: false. */
  async start({ isEmpty = false }: { readonly isEmpty?: boolean } = {}): Promise<void> {
    const started = new LineProcess([process.execPath, join(import.meta.dirname, "replica-process.ts")]);
    const late = setTimeout(() => void started.kill(), START_MS);
    await started.send({ do: "start", port: this.port, clients: this.#clients } satisfies Command);
    clearTimeout(late);
    this.#process = started;
    for (const entry of this.#states.values()) entry.isSent = isEmpty;
    this.#send();
  }

  /** Publishes the latest states again, after a start without them. */
  publishAll(): void {
    for (const entry of this.#states.values()) entry.isSent = false;
    this.#send();
  }

  /** Publishes a state; never waits. Where the process does not read, the latest state is published later. */
  publish(node: string, state: State): void {
    this.#states.set(node, { state, isSent: false });
    this.#send();
  }

  /** Whether it publishes no old state: one that does not run cannot. */
  get isUpToDate(): boolean {
    return this.#process === undefined || this.#sending === undefined;
  }

  async kill(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    await killed?.kill();
    await this.#sending;
  }

  /** Ends it by SIGTERM. @returns its exit code, or the name of the signal that ended it */
  async drain(): Promise<number | string | undefined> {
    const drained = this.#process!;
    this.#process = undefined;
    drained.signal("SIGTERM");
    await drained.exited;
    return drained.exit;
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process!.signal(name);
  }

  async send(command: Command): Promise<unknown> {
    return await this.#process!.send(command);
  }

  async status(): Promise<ReplicaStatus> {
    return await this.send({ do: "status" }) as ReplicaStatus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.stop();
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => this.#sending = undefined);
  }

  async #sendAll(): Promise<void> {
    const sender = this.#process;
    while (sender !== undefined && sender === this.#process) {
      const next = [...this.#states].find(([, { isSent }]) => !isSent);
      if (next === undefined) return;
      const [node, entry] = next;
      try {
        await sender.send({ do: "publish", node, state: entry.state } satisfies Command);
      } catch {
        // Killed: the next process is sent the states. If it has crashed, the next status throws.
        return;
      }
      entry.isSent = true;
    }
  }
}
