import { once } from "node:events";
import { connect } from "node:net";
import { bootstrap } from "../../examples/demo/bootstrap.ts";
import { type Envoy, startEnvoy } from "../../examples/demo/envoy.ts";
import { get, type GetOptions, type HttpResponse } from "../../examples/demo/get.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { startEcho, type Upstream } from "../../examples/server/echo.ts";
import type { ConfigSource } from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import { type Resource, Snapshot, type SnapshotChange } from "../../mod.ts";
import { TIMEOUT_MS } from "../matrix/timeout.ts";
import type { Amounts, Case } from "./case.ts";
import { Load, type LoadOptions } from "./load.ts";
import { type Mode, sourceOf } from "./modes.ts";
import { type RunningServer, startServer } from "./server.ts";

/** What a case runs in: a server, an Envoy that it configures in one mode, and two upstreams. */
export class World implements AsyncDisposable {
  readonly mode: Mode;
  readonly amounts: Amounts;
  readonly upstreams: Readonly<Record<"a" | "b", Upstream>>;
  /** What went through Envoy while configuration changed. */
  readonly loads: Load[] = [];
  server: RunningServer;
  readonly #case: Case;
  #envoy: Envoy | undefined = undefined;

  private constructor(
    ofCase: Case,
    mode: Mode,
    amounts: Amounts,
    upstreams: World["upstreams"],
    server: RunningServer,
  ) {
    this.#case = ofCase;
    this.mode = mode;
    this.amounts = amounts;
    this.upstreams = upstreams;
    this.server = server;
  }

  /** Starts all but Envoy. */
  static async open(ofCase: Case, mode: Mode, amounts: Amounts): Promise<World> {
    const server = await startServer(0, { options: ofCase.server, http1: mode.http1, admits: ofCase.admits });
    const upstreams = { a: await startEcho({ port: 0, name: "a" }), b: await startEcho({ port: 0, name: "b" }) };
    return new World(ofCase, mode, amounts, upstreams, server);
  }

  get envoy(): Envoy {
    if (this.#envoy === undefined) throw new Error("Cannot use Envoy: the case has not started it");
    return this.#envoy;
  }

  /** For resources: where Envoy gets from what they refer to. */
  get source(): ConfigSource {
    return sourceOf(this.mode);
  }

  /** Publishes a configuration in place of the one before. */
  publish(resources: Iterable<Resource>): void {
    this.server.publish(new Snapshot({ resources }));
  }

  /** Publishes a change of the configuration. */
  change(change: SnapshotChange): void {
    this.server.publish(this.server.snapshot.with(change));
  }

  /** Starts Envoy; by default it finds the server without a relay between them. */
  async startEnvoy({ xdsPort = this.server.port }: { readonly xdsPort?: number } = {}): Promise<void> {
    const usual = bootstrap({ ...this.mode, nodeId: "test", xdsPort });
    this.#envoy = await startEnvoy({ config: this.#case.bootstrap?.(usual, this.mode) ?? usual });
  }

  async restartEnvoy(): Promise<void> {
    await this.envoy.stop();
    await this.startEnvoy();
  }

  /** Ends the server, and starts another on the same port that gives out the given configuration. */
  async replaceServer(resources: Iterable<Resource>): Promise<void> {
    const { port } = this.server;
    await this.stopServer();
    this.server = await startServer(port, {
      options: this.#case.server,
      http1: this.mode.http1,
      admits: this.#case.admits,
    });
    this.publish(resources);
  }

  stopServer(): Promise<void> {
    return Promise.resolve(this.server[Symbol.asyncDispose]());
  }

  /** Where a listener is, once Envoy has opened it. */
  async url(listener: string, path = "/"): Promise<string> {
    return `http://127.0.0.1:${await this.envoy.listenerPort(listener)}${path}`;
  }

  /** Waits until a listener accepts connections; Envoy lists it before. */
  async opens(listener: string): Promise<void> {
    await this.reach(`the listener ${listener}`, async () => {
      const socket = connect(await this.envoy.listenerPort(listener), "127.0.0.1");
      try {
        await once(socket, "connect");
      } finally {
        socket.destroy();
      }
    });
  }

  /** Sends a request through a listener of Envoy, over a connection of its own. */
  async get(listener: string, path?: string, options?: GetOptions): Promise<HttpResponse> {
    return get(await this.url(listener, path), options);
  }

  /** Sends requests at a steady rate, until it is disposed of. */
  load(options: Omit<LoadOptions, "rate">): Load {
    const load = new Load({ rate: this.amounts.rate, ...options });
    this.loads.push(load);
    return load;
  }

  /** Waits until a probe no longer throws. */
  reach<T>(what: string, probe: () => T | Promise<T>): Promise<T> {
    return waitFor(what, probe, { timeoutMs: TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.loads.map((load) => load.stop()));
    await this.#envoy?.stop();
    await this.server[Symbol.asyncDispose]();
    await Promise.all([this.upstreams.a.close(), this.upstreams.b.close()]);
  }

  /** What helps to understand a failure. */
  async evidence(): Promise<string> {
    const log = await this.#envoy?.log().catch(() => "") ?? "";
    const state = this.server.status().streams.flatMap(({ id, state }) => state.map((each) => ({ id, ...each })));
    return [
      "What was said last:",
      this.server.journal.tail,
      "The streams:",
      ...state.slice(0, 20).map((each) => JSON.stringify(each)),
      ...(state.length > 20 ? [`and ${state.length - 20} more`] : []),
      ...this.loads.flatMap(({ failures }) => [...failures].map(([how, often]) => `Requests: ${often} × ${how}`)),
      "The end of Envoy's log:",
      ...log.trimEnd().split("\n").slice(-20),
    ].join("\n");
  }
}
