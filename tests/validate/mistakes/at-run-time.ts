import { bootstrap } from "../../../examples/demo/bootstrap.ts";
import { type Envoy, startEnvoy } from "../../../examples/demo/envoy.ts";
import { type Resource, Snapshot } from "../../../mod.ts";
import { type RunningServer, startServer } from "../../envoy/server.ts";

/** An Envoy that is given configurations over ADS, one after the other. */
export class EnvoyAtRunTime implements AsyncDisposable {
  readonly #server: RunningServer;
  readonly #envoy: Envoy;
  readonly #base: readonly Resource[];

  private constructor(server: RunningServer, envoy: Envoy, base: readonly Resource[]) {
    this.#server = server;
    this.#envoy = envoy;
    this.#base = base;
  }

  /** Starts a server and an Envoy with a configuration that it accepts. */
  static async start(base: readonly Resource[]): Promise<EnvoyAtRunTime> {
    const server = await startServer(0, {}, {});
    server.publish(new Snapshot({ resources: base }));
    const envoy = await startEnvoy({
      config: bootstrap({ nodeId: "mistakes", xdsPort: server.port }),
      logLevel: "error",
    });
    const started = new EnvoyAtRunTime(server, envoy, base);
    await started.#settle();
    return started;
  }

  /** Why Envoy rejects a configuration; undefined if it does not. It has the first one again afterwards. */
  async reasonFor(resources: readonly Resource[]): Promise<string | undefined> {
    const { nacks } = this.#server.journal;
    nacks.length = 0;
    this.#server.publish(new Snapshot({ resources }));
    await this.#settle(() => nacks.length > 0);
    const [first] = nacks;
    this.#server.publish(new Snapshot({ resources: this.#base }));
    await this.#settle();
    return first?.message;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#envoy.stop();
    await this.#server[Symbol.asyncDispose]();
  }

  /** Waits until nothing is in flight for a moment, and no type waits for another. */
  async #settle(isDone: () => boolean = () => false): Promise<void> {
    const end = performance.now() + MOST_MS;
    let quietSince = performance.now();
    while (performance.now() < end && !isDone()) {
      const isBusy = this.#server.status().streams.flatMap(({ state }) => state).some(({ inFlight, waiting }) => {
        return inFlight !== undefined || waiting !== undefined;
      });
      const now = performance.now();
      if (isBusy) quietSince = now;
      if (now - quietSince > QUIET_MS) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const QUIET_MS = 400;
/** Envoy gives up on resources that it does not receive after a second, by the configuration. */
const MOST_MS = 4_000;
