import { once } from "node:events";
import { constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { describe, expect, it } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { listen, type ListenOptions } from "../../src/node/mod.ts";
import { rawResource } from "../../src/resource/mod.ts";
import { createDiscoveryServer, type DiscoveryServer } from "../../src/server/mod.ts";
import { frame, RawClient, SOTW_PATH, sotwRequest } from "./raw-client.ts";
import { selfSigned } from "./self-signed.ts";

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

describe("listen()", () => {
  it("gives the port that the system chose", async () => {
    await using running = await listen(server(), { port: 0 });
    expect(running.address).toBe("127.0.0.1");
    expect(running.port).toBeGreaterThan(0);
  });

  it("rejects if the port is in use, and says so", async () => {
    await using first = await listen(server(), { port: 0 });
    const second = listen(server(), { port: first.port });
    await expect(second).rejects.toThrow(`Cannot listen on 127.0.0.1:${first.port}: the port is in use`);
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "127.0.0.1.example.com"])(
    "does not expose plaintext on %s by default",
    async (host) => {
      await expect(listen(server(), { host, port: 0 })).rejects.toThrow(TypeError);
    },
  );

  it("exposes plaintext if insecure is set", async () => {
    await using running = await listen(server(), { host: "0.0.0.0", port: 0, insecure: true });
    expect(running.address).toBe("0.0.0.0");
  });

  it("survives bytes that are not HTTP/2", async () => {
    await using running = await listen(server(), { port: 0 });
    for (
      const text of ["GET / HTTP/1.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\xff\xff", "\x16\x03\x01\0\0", ""]
    ) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(running.port, "127.0.0.1", () => socket.end(text, "latin1"));
        socket.on("error", () => {}).on("data", () => {}).on("close", () => resolve());
      });
    }
    expect(await statusOf(`http://127.0.0.1:${running.port}`)).toBe("0");
  });

  it("drops a connection that does not acknowledge pings", async () => {
    await using running = await listen(server(), { port: 0, keepalive: { intervalMs: 30, timeoutMs: 30 } });
    const socket = connectTcp(
      running.port,
      "127.0.0.1",
      () => socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
    );
    socket.on("error", () => {}).on("data", () => {});
    await new Promise((resolve) => socket.once("close", resolve));
  });

  it("keeps a connection that acknowledges pings", async () => {
    await using running = await listen(server(), { port: 0, keepalive: { intervalMs: 10, timeoutMs: 5_000 } });
    await using client = new RawClient(`http://127.0.0.1:${running.port}`);
    // A second ping follows only once the first one was acknowledged.
    for (let pings = 0; pings < 3; pings++) await once(client.session, "ping");
    expect(client.session.destroyed).toBe(false);
  });
});

describe("a client that does not read", () => {
  it("D-02 has its stream reset, so that its buffered responses are freed", async () => {
    const big = rawResource(CLUSTER, "big", new Uint8Array(1_000_000));
    const cache = new LinearCache(CLUSTER, { resources: [big] });
    await using running = await listen(createDiscoveryServer({ cache, stallTimeoutMs: 100 }), { port: 0 });
    await using client = new RawClient(`http://127.0.0.1:${running.port}`);
    const headers = { ":method": "POST", ":path": SOTW_PATH, "content-type": "application/grpc" };
    const stalled = client.session.request(headers);
    stalled.on("error", () => {});
    stalled.write(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
    await new Promise((resolve) => stalled.once("close", resolve));
    expect(stalled.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });
});

describe("listen() with TLS", () => {
  const ours = selfSigned("ours");
  const theirs = selfSigned("theirs");

  it("serves", async () => {
    await using running = await listen(server(), { port: 0, tls: ours });
    expect(await statusOf(`https://localhost:${running.port}`, { ca: ours.cert })).toBe("0");
  });

  it("may bind other addresses", async () => {
    await using running = await listen(server(), { host: "0.0.0.0", port: 0, tls: ours });
    expect(running.address).toBe("0.0.0.0");
  });

  it("refuses clients without a certificate of its authority, if one is given", async () => {
    const tls = { ...ours, ca: theirs.cert };
    await using running = await listen(server(), { port: 0, tls } satisfies ListenOptions);
    const url = `https://localhost:${running.port}`;
    expect(await statusOf(url, { ca: ours.cert })).toBeUndefined();
    expect(await statusOf(url, { ca: ours.cert, ...ours })).toBeUndefined();
    expect(await statusOf(url, { ca: ours.cert, ...theirs })).toBe("0");
  });

  it("survives plaintext", async () => {
    await using running = await listen(server(), { port: 0, tls: ours });
    expect(await statusOf(`http://127.0.0.1:${running.port}`)).toBeUndefined();
    expect(await statusOf(`https://localhost:${running.port}`, { ca: ours.cert })).toBe("0");
  });
});

function server(): DiscoveryServer {
  return createDiscoveryServer({ cache: new LinearCache(CLUSTER) });
}

/** The gRPC status of a one-shot stream; undefined if the connection failed. */
async function statusOf(url: string, options: { ca?: string; key?: string; cert?: string } = {}): Promise<unknown> {
  await using client = new RawClient(url, options);
  const stream = client.open();
  stream.http.end(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
  return (await stream.ended)["grpc-status"];
}
