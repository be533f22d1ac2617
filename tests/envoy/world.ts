import { bootstrap } from "../../examples/demo/bootstrap.ts";
import { type Envoy, startEnvoy } from "../../examples/demo/envoy.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { startEcho, type Upstream } from "../../examples/server/echo.ts";
import { Snapshot } from "../../mod.ts";
import { resourcesFor, type State } from "./config.ts";
import { lookAt } from "./look.ts";
import type { Mode } from "./modes.ts";
import { type RunningServer, startServer } from "./server.ts";

/** A server, an Envoy that it configures in one mode, and two upstreams. */
export class World implements AsyncDisposable {
  readonly mode: Mode;
  readonly upstreams: Readonly<Record<"a" | "b", Upstream>>;
  server: RunningServer;
  envoy: Envoy;

  private constructor(mode: Mode, upstreams: World["upstreams"], server: RunningServer, envoy: Envoy) {
    this.mode = mode;
    this.upstreams = upstreams;
    this.server = server;
    this.envoy = envoy;
  }

  /** Starts everything, and waits until Envoy works with the given configuration. */
  static async start(mode: Mode, state: State): Promise<World> {
    await using started = new AsyncDisposableStack();
    const upstreams = {
      a: started.use(await startEcho({ port: 0, name: "a" })),
      b: started.use(await startEcho({ port: 0, name: "b" })),
    };
    const server = started.use(await startServer());
    const envoy = started.use(await startEnvoyFor(mode, server.port));
    const world = new World(mode, upstreams, server, envoy);
    world.server.publish(world.snapshot(state));
    await world.reached(state);
    started.move();
    return world;
  }

  snapshot(state: State): Snapshot {
    return new Snapshot({ resources: resourcesFor(this.mode, this.upstreams, state) });
  }

  /** Publishes a configuration, and waits until Envoy works with it. */
  async moveTo(state: State): Promise<void> {
    this.server.publish(this.snapshot(state));
    await this.reached(state);
  }

  /** Waits until Envoy works with a configuration: by what a request through it meets, and by what it says itself. */
  async reached(state: State): Promise<void> {
    await waitFor(`${JSON.stringify(state)} in Envoy`, async () => {
      const seen = await lookAt(this.envoy);
      const wanted = { status: 200, ...state, endpoint: this.upstreams[state.upstream].port };
      for (const [key, value] of Object.entries(wanted)) {
        if (seen[key as keyof typeof seen] !== value) throw new Error(JSON.stringify(seen));
      }
    });
  }

  /** Ends the server, and starts another on the same port that gives out the given configuration. */
  async replaceServer(state: State): Promise<void> {
    const { port } = this.server;
    await this.server[Symbol.asyncDispose]();
    this.server = await startServer(port);
    this.server.publish(this.snapshot(state));
  }

  async restartEnvoy(): Promise<void> {
    await this.envoy.stop();
    this.envoy = await startEnvoyFor(this.mode, this.server.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.envoy.stop();
    await this.server[Symbol.asyncDispose]();
    await Promise.all([this.upstreams.a.close(), this.upstreams.b.close()]);
  }
}

function startEnvoyFor(mode: Mode, xdsPort: number): Promise<Envoy> {
  return startEnvoy({ config: bootstrap({ ...mode.bootstrap, nodeId: "test", xdsPort }) });
}
