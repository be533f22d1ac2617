import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Case } from "../case.ts";
import { edsCluster, endpointAt, tcpListener } from "../make.ts";
import type { World } from "../world.ts";

/** Connections that Envoy passes on as they are. */
export const TCP: readonly Case[] = [{
  type: "LDS",
  name: "a TCP proxy moves to another cluster, and keeps the connections that it has",
  async run(world) {
    const { mode } = world;
    await using upstreams = new AsyncDisposableStack();
    const [first, second] = [upstreams.use(await startGreeter("first")), upstreams.use(await startGreeter("second"))];
    world.publish([
      ...[edsCluster(mode, "first"), endpointAt("first", first.port)],
      ...[edsCluster(mode, "second"), endpointAt("second", second.port)],
      tcpListener("tcp", "first"),
    ]);
    await world.startEnvoy();
    await using old = await greetedBy(world, "first");
    world.change({ update: [tcpListener("tcp", "second")] });
    await using next = await greetedBy(world, "second");
    assert.equal(await old.say("still there?"), "still there?");
    world.change({ update: [tcpListener("tcp", "first", "again")] });
    await using last = await greetedBy(world, "first");
    for (const line of [old, next, last]) assert.equal(await line.say("and now?"), "and now?");
  },
}];

/** A TCP connection through Envoy. */
interface Line extends AsyncDisposable {
  readonly greeting: string;
  /** Sends a text and gives what comes back for it. */
  say(text: string): Promise<string>;
}

/** Connects again and again, until the right upstream responds. */
function greetedBy(world: World, name: string): Promise<Line> {
  return world.reach(`a connection to ${name}`, async () => {
    const line = await dial(await world.envoy.listenerPort("tcp"));
    if (line.greeting === name) return line;
    await line[Symbol.asyncDispose]();
    throw new Error(`greeted by ${line.greeting}`);
  });
}

async function dial(port: number): Promise<Line> {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  await once(socket, "connect");
  const greeting = await nextFrom(socket);
  return {
    greeting,
    say(text) {
      socket.write(text);
      return nextFrom(socket);
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

async function nextFrom(socket: Socket): Promise<string> {
  const signal = AbortSignal.timeout(5_000);
  const closed = once(socket, "close", { signal }).then(() => Promise.reject(new Error("the connection was closed")));
  closed.catch(() => {});
  return await Promise.race([once(socket, "data", { signal }).then(([data]) => data), closed]);
}

/** An upstream that says its name, and then repeats what it hears. */
async function startGreeter(name: string): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.write(name);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
