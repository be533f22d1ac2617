import process from "node:process";
import { type Envoy, startEnvoy } from "../../examples/demo/envoy.ts";
import { get } from "../../examples/demo/get.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { Agent } from "node:https";
import { expectOk, Load } from "../envoy/load.ts";
import type { Relay } from "../envoy/relay.ts";
import { TIMEOUT_MS } from "../matrix/timeout.ts";
import { bootstrapOf } from "./bootstrap.ts";
import type { Client } from "./command.ts";
import { contentIn, contentOf, difference } from "./seen-config.ts";
import { LISTENERS, PATHS, type State } from "./state.ts";

/** An Envoy that can be killed and started again, with requests that go through it while it runs. */
export class Proxy implements AsyncDisposable {
  readonly client: Client;
  /** The ways to the replicas. */
  readonly relays: readonly Relay[];
  /** What was published for it last. */
  state: State;
  readonly #rate: number;
  readonly #urls: Readonly<Record<typeof LISTENERS[number], readonly string[]>>;
  #envoy: Envoy | undefined = undefined;
  #loads: readonly Load[] = [];
  readonly #ended: Load[] = [];

  /** @param options.rate - how many requests a second go through it */
  constructor(client: Client, relays: readonly Relay[], { rate, state }: { rate: number; state: State }) {
    this.client = client;
    this.relays = relays;
    this.state = state;
    this.#rate = rate;
    const paths = Array.from({ length: PATHS }, (_, path) => path);
    const { http, https } = client.ports;
    this.#urls = {
      http: paths.map((path) => `http://127.0.0.1:${http}/${path}`),
      https: paths.map((path) => `https://127.0.0.1:${https}/${path}`),
    };
  }

  /** Whether it runs, so that its configuration can be read. */
  get envoy(): Envoy | undefined {
    return this.#envoy;
  }

  /** Starts Envoy, and the requests once it serves each of them. */
  async start(): Promise<void> {
    const ports = this.relays.map(({ port }) => port);
    this.#envoy = await startEnvoy({ config: bootstrapOf(this.client, ports) });
    const agent = new Agent({ ca: this.#authorities, keepAlive: false });
    for (const url of [...this.#urls.http, ...this.#urls.https]) {
      const options = url.startsWith("https:") ? { agent } : {};
      await waitFor(`a response from ${url}`, async () => expectOk(await get(url, options)), { timeoutMs: TIMEOUT_MS });
    }
    const rate = this.#rate / LISTENERS.length;
    this.#loads = [
      new Load({ rate, urls: this.#urls.http }),
      new Load({ rate, urls: this.#urls.https, agent: { ca: this.#authorities } }),
    ];
  }

  /** Ends Envoy as a crash would. Requests that are under way get their responses before. */
  async kill(): Promise<void> {
    await this.#endLoads();
    const killed = this.#envoy;
    this.#envoy = undefined;
    if (killed === undefined) return;
    process.kill(killed.pid, "SIGKILL");
    await killed.stop();
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    process.kill(this.#envoy!.pid, name);
  }

  /** Where its configuration differs from what was published; undefined if it does not. */
  async difference(): Promise<string | undefined> {
    if (this.#envoy === undefined) return "Envoy does not run";
    return difference(contentOf(this.state, this.client), await contentIn(this.#envoy));
  }

  get sent(): number {
    return this.#all.reduce((sum, load) => sum + load.sent, 0);
  }

  get failed(): number {
    return this.#all.reduce((sum, load) => sum + load.failed, 0);
  }

  /** How requests failed, as lines of text. */
  get failures(): string[] {
    return this.#all.flatMap(({ failures }) => [...failures].map(([how, often]) => `${often} × ${how}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endLoads();
    const stopped = this.#envoy;
    this.#envoy = undefined;
    await stopped?.stop();
    await Promise.all(this.relays.map((relay) => relay[Symbol.asyncDispose]()));
  }

  get #all(): Load[] {
    return [...this.#ended, ...this.#loads];
  }

  get #authorities(): string[] {
    return this.client.certificates.map(({ cert }) => cert);
  }

  async #endLoads(): Promise<void> {
    const loads = this.#loads;
    this.#loads = [];
    this.#ended.push(...loads);
    await Promise.all(loads.map((load) => load.stop()));
  }
}
