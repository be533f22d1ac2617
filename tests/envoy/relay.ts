import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A way to a server that can fail. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Keeps the connections, and lets nothing through: as it looks where a server has stopped, or the network. */
  freeze(): void;
  /** Lets through what has been waiting, and all that comes. */
  thaw(): void;
  /** Ends the connections: in order, or as lost ones end. */
  cut(how: "close" | "reset"): void;
  /** Refuses new connections, or accepts them again. */
  refuse(refuses: boolean): void;
  /** Lets everything through that much later, in milliseconds. */
  delay(ms: number): void;
}

/** Starts a relay on 127.0.0.1. */
export async function startRelay(toPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let refuses = false;
  let delayMs = 0;
  const server = createServer((near) => {
    if (refuses) return void near.resetAndDestroy();
    const far = connect(toPort, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      let last: Promise<unknown> | undefined;
      from.on("data", (chunk) => {
        if (delayMs === 0 && last === undefined) return void to.write(chunk);
        // One after the other, also those that arrive while the delay becomes shorter.
        const written = Promise.all([last, sleep(delayMs)]).then(() => {
          if (last === written) last = undefined;
          to.write(chunk);
        });
        last = written;
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => sockets.forEach((socket) => socket.pause()),
    thaw: () => sockets.forEach((socket) => socket.resume()),
    cut: (how) => sockets.forEach((socket) => how === "reset" ? socket.resetAndDestroy() : socket.destroy()),
    refuse: (value) => void (refuses = value),
    delay: (ms) => void (delayMs = ms),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
