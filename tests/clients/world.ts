import assert from "node:assert/strict";
import { type Problem, validate } from "../../src/validate/mod.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { type Resource, Snapshot, type SnapshotChange } from "../../mod.ts";
import { asV2 } from "../../src/v2/mod.ts";
import { LineProcess } from "../matrix/line-process.ts";
import { TIMEOUT_MS } from "../matrix/timeout.ts";
import type { Said } from "../runtimes/command.ts";
import { RemoteServer } from "../runtimes/remote.ts";
import { type Backend, METHODS, startBackend } from "./backend.ts";
import { bootstrap } from "./bootstrap.ts";
import type { ClientKind } from "./clients.ts";
import type { CallResult, ClientCommand } from "./command.ts";
import { Journal } from "./journal.ts";

/** What a case needs to know of a runtime and a client: how to start them. */
export interface WorldOptions {
  readonly client: ClientKind;
  readonly clientCommand: readonly string[];
  readonly serverCommand: readonly string[];
  /** The age at which the server ends connections; undefined for none. */
  readonly maxConnectionAgeMs: number | undefined;
}

/** What to call. */
export interface CallOptions {
  /** Default: `xds:///echo`. */
  readonly target?: string;
  /** Default: `say`. */
  readonly method?: keyof typeof METHODS;
  /** How many calls, one after the other. Default: 8. */
  readonly count?: number;
  /** Default: the client. */
  readonly by?: LineProcess;
}

/** Longer than a case waits for anything, so that a call ends because of what it meets. */
const CALL_TIMEOUT_MS = 30_000;

/** What a case runs in: a server on some runtime, a client that it configures, and three backends. */
export class World implements AsyncDisposable {
  readonly client: ClientKind;
  readonly journal = new Journal();
  readonly backends: Readonly<Record<"a" | "b" | "c", Backend>>;
  /** Calls, and how many of them failed, and did so by the client's own doing. */
  readonly calls = { made: 0, failed: 0, own: 0 };
  readonly port: number;
  readonly #options: WorldOptions;
  readonly #processes: LineProcess[] = [];
  readonly #failures: string[] = [];
  #server: RemoteServer;
  /** What validation takes for errors in what was published. */
  readonly errorsFound: Problem[] = [];
  #snapshot = new Snapshot({ resources: [] });

  private constructor(options: WorldOptions, backends: World["backends"], server: RemoteServer, port: number) {
    this.#options = options;
    this.client = options.client;
    this.backends = backends;
    this.#server = server;
    this.port = port;
  }

  /** Starts the server, and backends; nothing is published yet. */
  static async open(options: WorldOptions): Promise<World> {
    const [a, b, c] = await Promise.all([startBackend("a"), startBackend("b"), startBackend("c")]);
    const server = new RemoteServer(options.serverCommand);
    const { client: { api }, maxConnectionAgeMs } = options;
    const port = await server.send({ do: "start", api, maxConnectionAgeMs }) as number;
    return new World(options, { a, b, c }, server, port);
  }

  /** Publishes a configuration in place of the one before. */
  async publish(...resources: Resource[]): Promise<void> {
    const ofClient = this.client.api === "v2" ? resources.map(asV2) : resources;
    await this.#publish(new Snapshot({ resources: ofClient }));
  }

  /** Publishes a change of the configuration. */
  async change({ update = [], remove = [] }: { update?: Resource[]; remove?: Resource[] }): Promise<void> {
    const of = (resources: Resource[]) => this.client.api === "v2" ? resources.map(asV2) : resources;
    await this.#publish(this.#snapshot.with({ update: of(update), remove: of(remove) } satisfies SnapshotChange));
  }

  /** Starts a process of the client, which reads where the server is. @param env - default: the bootstrap of this server */
  start(env?: Readonly<Record<string, string>>): LineProcess {
    const { clientCommand, client } = this.#options;
    const config = JSON.stringify(bootstrap({ port: this.port, api: client.api }));
    const process = new LineProcess(clientCommand, { env: env ?? { GRPC_XDS_BOOTSTRAP_CONFIG: config } });
    this.#processes.push(process);
    return process;
  }

  /** Sends a command to the client, which the first command starts. */
  send(command: ClientCommand, process = this.#processes[0] ?? this.start()): Promise<unknown> {
    return process.send(command);
  }

  /** Has the client make calls. */
  async call({ target = "xds:///echo", method = "say", count = 8, by }: CallOptions = {}): Promise<CallResult> {
    const command: ClientCommand = {
      do: "call",
      target,
      method: METHODS[method],
      count,
      timeoutMs: CALL_TIMEOUT_MS,
    };
    const responses = await this.send(command, by) as CallResult;
    this.calls.made += Object.values(responses.responses).reduce((sum, often) => sum + often, 0);
    if (responses.failure === undefined) return responses;
    this.calls.made++;
    if (this.client.habits.ownFailure?.test(responses.failure)) this.calls.own++;
    else this.calls.failed++;
    if (this.#failures.at(-1) !== responses.failure) this.#failures.push(responses.failure);
    return responses;
  }

  /** Waits until these backends, and no others, respond to calls. */
  async meets(names: readonly string[], options?: CallOptions): Promise<void> {
    await this.reach(`responses of ${names}`, async () => {
      const { responses, failure } = await this.call(options);
      assert.deepEqual({ met: Object.keys(responses).toSorted(), failure }, {
        met: names.toSorted(),
        failure: undefined,
      });
    });
  }

  /** Waits until a call fails. */
  async fails(options?: CallOptions): Promise<string> {
    return await this.reach("a call that fails", async () => {
      const { failure } = await this.call({ ...options, count: 1 });
      assert.notEqual(failure, undefined, "it succeeded");
      return failure!;
    });
  }

  /** Waits until the server has heard something. */
  async hears<T>(what: string, probe: (journal: Journal) => T): Promise<T> {
    return await this.reach(what, async () => {
      await this.listen();
      return probe(this.journal);
    });
  }

  /** Waits until each response has its ACK or NACK. */
  async settles(): Promise<void> {
    await this.hears("an ACK or NACK of each response", (journal) => {
      const acknowledged = new Set([...journal.of("ack"), ...journal.of("nack")].map(({ nonce }) => nonce));
      const closed = new Set(journal.of("close").map(({ stream }) => stream));
      const open = journal.of("response").filter(({ nonce, stream }) =>
        !acknowledged.has(nonce) && !closed.has(stream)
      );
      assert.deepEqual(open, []);
    });
  }

  /** Brings the journal up to date. */
  async listen(): Promise<void> {
    this.journal.add(await this.#server.send({ do: "journal" }) as Said[]);
  }

  /** Starts another server on the same port, which has something else to say. */
  async startServer(...resources: Resource[]): Promise<void> {
    this.#server = new RemoteServer(this.#options.serverCommand);
    await this.#server.send({ do: "start", port: this.port, api: this.client.api });
    await this.publish(...resources);
  }

  /** Ends the server as a fault would. */
  async stopServer(): Promise<void> {
    await this.listen();
    await this.#server.kill();
    this.journal.restart();
  }

  /** Waits until a probe no longer throws. */
  reach<T>(what: string, probe: () => T | Promise<T>): Promise<T> {
    return waitFor(what, probe, { timeoutMs: TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#server.stop();
    for (const backend of Object.values(this.backends)) backend.close();
  }

  /** What helps to understand a failure. */
  async evidence(): Promise<string> {
    await this.listen().catch(() => {});
    return [
      "What was said last:",
      this.journal.tail,
      "How calls failed:",
      ...this.#failures.map((failure) => `  ${failure}`),
      "The end of the server's log:",
      this.#server.errors.slice(-2_000),
      "The end of the client's log:",
      ...this.#processes.map(({ errors }) => errors.slice(-4_000)),
    ].join("\n");
  }

  async #publish(snapshot: Snapshot): Promise<void> {
    this.#snapshot = snapshot;
    this.errorsFound.push(...validate(snapshot).filter(({ severity }) => severity === "error"));
    const resources = snapshot.types.flatMap((type) => [...snapshot.resources(type).values()]);
    await this.#server.publish(resources);
  }
}
