import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { startEcho, type Upstream } from "../../examples/server/echo.ts";
import { certificates } from "../envoy/certificates.ts";
import type { Mode } from "../envoy/modes.ts";
import { startRelay } from "../envoy/relay.ts";
import { freePort } from "../free-port.ts";
import { firstState } from "./changes.ts";
import type { Client } from "./command.ts";
import { Proxy } from "./proxy.ts";
import { Random } from "./random.ts";
import { Replica } from "./replica.ts";
import { Writer } from "./writer.ts";

/** How much happens. */
export interface Amounts {
  /** Requests a second through each Envoy. */
  readonly rate: number;
  /** Milliseconds between publications for each Envoy. */
  readonly intervalMs: number;
  /** Within how many milliseconds an Envoy must have what was published, after a fault. */
  readonly convergenceMs: number;
}

const CERTIFICATES = 4;
const REPLICAS = 2;

/** Envoys with requests through them, two replicas of the server, and a writer for each Envoy. */
export class World implements AsyncDisposable {
  readonly proxies: readonly Proxy[];
  readonly replicas: readonly Replica[];
  readonly random: Random;
  readonly amounts: Amounts;
  /** What Envoys rejected; emptied by a fault that makes them. */
  readonly nacks: string[] = [];
  /** What the replicas had to report beside. */
  readonly errors: string[] = [];
  readonly #writers: readonly Writer[];
  readonly #upstreams: readonly Upstream[];

  private constructor(
    { random, amounts, upstreams }: { random: Random; amounts: Amounts; upstreams: readonly Upstream[] },
    proxies: readonly Proxy[],
    replicas: readonly Replica[],
  ) {
    this.random = random;
    this.amounts = amounts;
    this.proxies = proxies;
    this.replicas = replicas;
    this.#upstreams = upstreams;
    const { intervalMs } = amounts;
    this.#writers = proxies.map((proxy) => {
      return new Writer(proxy, { replicas, intervalMs, random: new Random(random.between(0, 1e9)) });
    });
  }

  /** Starts everything, and waits until requests go through each Envoy. */
  static async open(modes: readonly Mode[], random: Random, amounts: Amounts): Promise<World> {
    const upstreams = [await startEcho({ port: 0, name: "a" }), await startEcho({ port: 0, name: "b" })];
    const shared = { upstreams: upstreams.map(({ port }) => port), certificates: await certificates(CERTIFICATES) };
    const clients: Client[] = [];
    for (const [i, mode] of modes.entries()) {
      const ports = { http: await freePort(), https: await freePort() };
      // A poll compares versions, so that a version must belong to one content there.
      const countsVersions = i > 0 && mode.pollMs === undefined;
      clients.push({ ...shared, node: `envoy-${i}`, mode, ports, countsVersions, hasBackend: i === modes.length - 1 });
    }
    const replicas: Replica[] = [];
    for (let i = 0; i < REPLICAS; i++) replicas.push(new Replica(await freePort(), clients));
    const proxies: Proxy[] = [];
    for (const client of clients) {
      const relays = await Promise.all(replicas.map(({ port }) => startRelay(port)));
      proxies.push(new Proxy(client, relays, { rate: amounts.rate, state: firstState() }));
    }
    const world = new World({ random, amounts, upstreams }, proxies, replicas);
    try {
      await Promise.all(replicas.map((replica) => replica.start()));
      await Promise.all(proxies.map((proxy) => proxy.start()));
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Good configurations are published from now on. */
  publish(): void {
    for (const writer of this.#writers) writer.resume();
  }

  /** Nothing more is published for now. */
  pause(): void {
    for (const writer of this.#writers) writer.pause();
  }

  /** Runs work during which a replica has an old state. */
  async carefully(work: () => Promise<void>): Promise<void> {
    this.pause();
    await this.converged();
    for (const writer of this.#writers) writer.isCareful = true;
    this.publish();
    await work();
    for (const writer of this.#writers) writer.isCareful = false;
  }

  /** The writer of an Envoy. */
  writerOf(proxy: Proxy): Writer {
    return this.#writers[this.proxies.indexOf(proxy)]!;
  }

  /** Waits until each replica and each Envoy has what was published last. @returns how long the last Envoy took */
  async converged(): Promise<number> {
    const started = performance.now();
    const options = { timeoutMs: this.amounts.convergenceMs, intervalMs: 50 };
    await Promise.all(
      this.proxies.map((proxy) =>
        waitFor(`${proxy.client.mode.name} to have what was published`, async () => {
          const difference = await proxy.difference();
          if (difference !== undefined) throw new Error(difference);
          if (this.replicas.some(({ isUpToDate }) => !isUpToDate)) throw new Error("A replica does not publish it");
        }, options)
      ),
    );
    return performance.now() - started;
  }

  /** Gets what the replicas have to report. */
  async collect(): Promise<void> {
    for (const replica of this.replicas) {
      const { nacks, errors } = await replica.status();
      this.nacks.push(...nacks);
      this.errors.push(...errors);
    }
  }

  /** The time of a fault, in milliseconds. */
  async hold(minMs: number, maxMs: number): Promise<void> {
    await delay(this.random.between(minMs, maxMs));
  }

  get sent(): number {
    return this.proxies.reduce((sum, { sent }) => sum + sent, 0);
  }

  get failed(): number {
    return this.proxies.reduce((sum, { failed }) => sum + failed, 0);
  }

  get published(): number {
    return this.#writers.reduce((sum, { published }) => sum + published, 0);
  }

  /** Ends the Envoys, and waits until the replicas hold nothing for them. */
  async leave(): Promise<void> {
    this.pause();
    await Promise.all(this.proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    await waitFor("the replicas to hold nothing", async () => {
      for (const replica of this.replicas) {
        const { streams, watches, unsentBytes } = await replica.status();
        if (streams + watches + unsentBytes > 0) throw new Error(JSON.stringify({ streams, watches, unsentBytes }));
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer[Symbol.asyncDispose]()));
    await Promise.all(this.proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    await Promise.all(this.replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
  }
}
