import { once } from "node:events";
import { connect } from "node:net";
import { frame, RawClient, type RawStream, sotwRequest } from "../server/raw-client.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const REPEAT = 20;

/** Attacks by one client, which must neither end the process nor stop it serving others. */
export const ATTACKS: Readonly<Record<string, (port: number) => Promise<void>>> = {
  "S-01 authorities that are not URLs": async (port) => {
    for (const authority of ["a:99999", "%", "[", "xDS:Cluster", "a".repeat(10_000)]) {
      await using client = clientOf(port);
      await client.open({ ":authority": authority }).ended;
    }
  },
  "S-01 a path that is not a URL": async (port) => {
    await using client = clientOf(port);
    for (const path of ["//", "http://[", "/?%", "*"]) await client.open({ ":path": path }).ended;
  },
  "S-01 HTTP/1.0, and bytes that are not HTTP": async (port) => {
    for (const bytes of ["GET / HTTP/1.0\r\n\r\n", "\0".repeat(100)]) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      const closed = once(socket, "close");
      socket.end(bytes);
      socket.resume();
      await closed;
    }
  },
  "S-02 streams that are opened and reset": async (port) => {
    await using client = clientOf(port);
    for (let i = 0; i < REPEAT * 10; i++) {
      const { http } = client.open();
      http.write(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
      http.close(8);
      await once(http, "close");
    }
  },
  "S-02 streams that are opened and reset without an error": async (port) => {
    await using client = clientOf(port);
    for (let i = 0; i < REPEAT * 10; i++) {
      const { http } = client.open();
      http.write(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
      http.close(0);
      await once(http, "close");
    }
  },
  "S-05 headers beyond their limits, which end the stream that has them": async (port) => {
    await using client = clientOf(port);
    const healthy = client.open();
    healthy.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    await healthy.received(1);
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`x-${i}`, "y"]));
    const large = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x-${i}`, "y".repeat(4_000)]));
    for (const headers of [many, large]) {
      const { "grpc-status": status } = await client.open(headers).ended;
      if (status !== "8") throw new Error(`The stream ended with status ${status}`);
    }
    if (healthy.http.closed) throw new Error("Another stream ended");
  },
  "R-01 claims of 4 GiB": (port) => each(port, ({ http }) => http.write(Uint8Array.of(0, 255, 255, 255, 255))),
  "R-02 messages that cannot be decoded": (port) =>
    each(port, ({ http }) => http.write(frame(new Uint8Array(50).fill(255)))),
  "S-10 connections that break in the middle": async (port) => {
    for (let i = 0; i < REPEAT; i++) {
      await using client = clientOf(port);
      const stream = client.open();
      stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
      await stream.received(1);
      client.session.destroy();
    }
  },
};

/** Fails if the server does not serve a client. */
export async function expectService(port: number): Promise<void> {
  await using client = clientOf(port);
  const stream = client.open();
  stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
  const { resources } = await stream.received(1);
  if (resources === 0) throw new Error("The response has no resources");
}

function clientOf(port: number): RawClient {
  return new RawClient(`http://127.0.0.1:${port}`);
}

async function each(port: number, attack: (stream: RawStream) => void): Promise<void> {
  await using client = clientOf(port);
  const streams = Array.from({ length: REPEAT }, () => client.open());
  for (const stream of streams) attack(stream);
  await Promise.all(streams.map(({ ended }) => ended));
}
