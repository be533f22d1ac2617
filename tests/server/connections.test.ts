import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { whenIdle } from "../../src/node/connection-idle.ts";
import { keepAlive } from "../../src/node/connection-keepalive.ts";
import { ConnectionCounter } from "../../src/node/connection-limits.ts";
import { listen, type ListenOptions } from "../../src/node/mod.ts";
import { createDiscoveryServer } from "../../src/server/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { frame, RawClient, sotwRequest } from "./raw-client.ts";
import { selfSigned } from "./self-signed.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";

describe("connections of listen()", () => {
  it("S-11 beyond maxConnections are refused, until others close", async () => {
    const { server, port } = await serve({ maxConnections: 2 });
    const [first] = [await open(port), await open(port)];
    const third = await open(port);
    await once(third, "close");
    expect(server.status().connections).toMatchObject({ open: 2, refused: 1 });
    expect(server.status().limits).toMatchObject({ maxConnections: 1, maxConnectionsPerAddress: 0 });
    first.destroy();
    await until(() => server.status().connections.open === 1);
    await expectService(port);
  });

  it("S-11 beyond maxConnectionsPerAddress are refused", async () => {
    const { server, port } = await serve({ maxConnectionsPerAddress: 1 });
    await open(port);
    await once(await open(port), "close");
    expect(server.status().connections).toMatchObject({ open: 1, refused: 1 });
    expect(server.status().limits).toMatchObject({ maxConnections: 0, maxConnectionsPerAddress: 1 });
  });

  it.each([
    ["nothing", ""],
    ["half a preface", PREFACE.slice(0, 10)],
    ["a preface and nothing more", PREFACE],
  ])("S-09 that send %s are closed after handshakeTimeoutMs, and no others", async (_, bytes) => {
    const { server, port } = await serve({ handshakeTimeoutMs: 50 });
    const speaks = await open(port);
    speaks.write(`${PREFACE}${SETTINGS}`, "latin1");
    const silent = await open(port);
    silent.write(bytes, "latin1");
    await once(silent, "close");
    await until(() => server.status().connections.open === 1);
    expect(speaks.destroyed).toBe(false);
    expect(server.status()).toMatchObject({
      connections: { handshakesTimedOut: 1 },
      limits: { handshakeTimeoutMs: 1 },
    });
  });

  it.each([
    ["nothing", ""],
    ["the begin of a hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ])("S-09 that send %s to TLS are closed after handshakeTimeoutMs, and no others", async (_, bytes) => {
    const tls = selfSigned("connections");
    const { server, port } = await serve({ handshakeTimeoutMs: 300, tls });
    await using client = new RawClient(`https://localhost:${port}`, { ca: tls.cert });
    await once(client.session, "remoteSettings");
    const silent = await open(port);
    silent.write(bytes, "latin1");
    await once(silent, "close");
    await until(() => server.status().connections.open === 1);
    expect(server.status().connections.handshakesTimedOut).toBe(1);
    expect(client.session.destroyed).toBe(false);
  });

  it("S-09 without a stream are closed after idleTimeoutMs, with a GOAWAY, and no others", async () => {
    const { server, port } = await serve({ idleTimeoutMs: 100 });
    await using busy = new RawClient(`http://127.0.0.1:${port}`);
    busy.open();
    await until(() => server.streams.length === 1);
    await using idle = new RawClient(`http://127.0.0.1:${port}`);
    const [code] = await once(idle.session, "goaway");
    expect(code).toBe(0);
    await until(() => server.status().connections.idleClosed === 1);
    await until(() => server.status().connections.open === 1);
    expect([busy.session.destroyed, server.streams.length]).toEqual([false, 1]);
    expect(server.status().limits.idleTimeoutMs).toBe(1);
  });
});

it("S-10 a connection that does not acknowledge pings is counted", async () => {
  const { server, port } = await serve({ keepalive: { intervalMs: 30, timeoutMs: 30 } });
  const silent = await open(port);
  silent.write(`${PREFACE}${SETTINGS}`, "latin1");
  await once(silent, "close");
  expect(server.status().limits.keepalive).toBe(1);
});

it("S-09 an idle connection is closed that its client keeps open", async () => {
  const { server, port } = await serve({ idleTimeoutMs: 50 });
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {}).on("data", () => {}).write(`${PREFACE}${SETTINGS}`, "latin1");
  await until(() => server.status().connections.idleClosed === 1);
  await until(() => server.status().connections.open === 0);
});

describe("ConnectionCounter", () => {
  it("S-11 counts the connections of each address, and forgets addresses without one", () => {
    const counter = new ConnectionCounter({ maxConnections: 4, maxConnectionsPerAddress: 2 });
    const sockets = ["a", "a", "a", "b", "b", "c"].map((remoteAddress) => socketFrom(remoteAddress));
    expect(sockets.map((socket) => counter.add(socket))).toEqual([
      undefined,
      undefined,
      "maxConnectionsPerAddress",
      undefined,
      undefined,
      "maxConnections",
    ]);
    sockets[0]!.emit("close");
    expect(["b", "a", "a"].map((address) => counter.add(socketFrom(address)))).toEqual([
      "maxConnectionsPerAddress",
      undefined,
      "maxConnections",
    ]);
  });
});

describe("with a clock of its own", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("S-10 a session whose ping is not acknowledged is destroyed", () => {
    const session = new FakeSession();
    keepAlive(session, { intervalMs: 30_000, timeoutMs: 10_000 });
    vi.advanceTimersByTime(39_999);
    expect([session.pings.length, session.destroyed]).toEqual([1, false]);
    vi.advanceTimersByTime(10);
    expect(session.destroyed).toBe(true);
    session.emit("close");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("D-13 a session has the whole time once more after the event loop stood still", () => {
    const session = new FakeSession();
    keepAlive(session, { intervalMs: 30_000, timeoutMs: 10_000 });
    vi.advanceTimersByTime(30_000);
    const { now } = performance;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + 17_000);
    vi.advanceTimersByTime(19_999);
    expect(session.destroyed).toBe(false);
    session.pings[0]!(null);
    vi.advanceTimersByTime(10_000);
    expect(session.destroyed).toBe(false);
    clock.mockRestore();
  });

  it("D-13 an acknowledgement that is read together with the end of its time counts", () => {
    const session = new FakeSession();
    keepAlive(session, { intervalMs: 30_000, timeoutMs: 10_000 });
    vi.advanceTimersByTime(40_000); // the timer has fired, and the socket is read next
    session.pings[0]!(null);
    vi.advanceTimersByTime(1_000);
    expect(session.destroyed).toBe(false);
  });

  it("S-09 a session is idle while it has no stream, and not before", () => {
    const session = new FakeSession();
    const onIdle = vi.fn();
    whenIdle(session, 60_000, onIdle);
    vi.advanceTimersByTime(59_000);
    const streams = [new EventEmitter(), new EventEmitter()];
    for (const stream of streams) session.emit("stream", stream);
    streams[0]!.emit("close");
    vi.advanceTimersByTime(600_000);
    streams[1]!.emit("close");
    vi.advanceTimersByTime(59_999);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});

class FakeSession extends EventEmitter {
  destroyed = false;
  readonly pings: ((error: Error | null) => void)[] = [];

  ping(...[onAck]: unknown[]): boolean {
    this.pings.push(onAck as (error: Error | null) => void);
    return true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function socketFrom(remoteAddress: string): Socket {
  return Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
}

async function serve(options: ListenOptions) {
  const server = createDiscoveryServer({ cache: new LinearCache(CLUSTER_TYPE), log: false });
  const running = await listen(server, { port: 0, ...options });
  onTestFinished(() => running.close());
  return { server, port: running.port };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {}).on("data", () => {});
  await once(socket, "connect");
  return socket;
}

async function expectService(port: number): Promise<void> {
  await using client = new RawClient(`http://127.0.0.1:${port}`);
  const stream = client.open();
  stream.http.end(frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" })));
  expect((await stream.ended)["grpc-status"]).toBe("0");
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
