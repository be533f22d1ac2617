import { once } from "node:events";
import { get as httpGet } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createDiscoveryServer, SnapshotCache } from "../../mod.ts";
import { listen, type ListenOptions, type RunningServer } from "../../src/node/mod.ts";
import { RawClient } from "./raw-client.ts";
import { TestAuthority } from "./test-authority.ts";

const ours = new TestAuthority("ours");
const theirs = new TestAuthority("theirs");
const pair = ours.issue("server");
afterAll(() => [ours, theirs].forEach((each) => each.remove()));

type Kind = "plain" | "tls" | "mutual";
const OPTIONS: Readonly<Record<Kind, ListenOptions>> = {
  plain: {},
  tls: { tls: pair },
  mutual: { tls: { ...pair, ca: ours.cert } },
};
const lines: [string, object][] = [];
const running: Partial<Record<Kind, RunningServer>> = {};

beforeAll(async () => {
  for (const [kind, options] of Object.entries(OPTIONS)) {
    const server = createDiscoveryServer({
      cache: new SnapshotCache(),
      log: { warn: (fields, message) => void lines.push([message, fields]), error() {} },
    });
    running[kind as Kind] = await listen(server, { ...options, port: 0 });
  }
});
afterAll(() => Promise.all(Object.values(running).map((each) => each.close())));

const ignore = () => {};
const tlsOf = { ca: ours.cert, servername: "localhost" };

interface Row {
  readonly what: string;
  readonly kind: Kind;
  readonly connect: (port: number) => unknown;
  readonly cause: string;
  readonly text: RegExp;
}

const ROWS: readonly Row[] = [
  {
    what: "HTTP/1.1 to a plaintext port",
    kind: "plain",
    connect: (port) => httpGet(`http://127.0.0.1:${port}/`).on("error", ignore),
    cause: "not-http2",
    text: /does not speak HTTP\/2.*set http2_protocol_options in typed_extension_protocol_options of its xDS cluster/,
  },
  {
    what: "TLS to a plaintext port",
    kind: "plain",
    connect: (port) => connectTls({ port, host: "127.0.0.1", ...tlsOf }).on("error", ignore),
    cause: "not-http2",
    text: /if it speaks TLS, give listen\(\) tls/,
  },
  {
    what: "HTTP/2 in plaintext to a port with TLS",
    kind: "tls",
    connect: (port) => connectHttp2(`http://127.0.0.1:${port}`).on("error", ignore),
    cause: "plaintext",
    text: /speaks plaintext to a port with TLS.*UpstreamTlsContext/,
  },
  {
    what: "HTTP/1.1 in plaintext to a port with TLS",
    kind: "tls",
    connect: (port) => httpGet(`http://127.0.0.1:${port}/`).on("error", ignore),
    cause: "plaintext",
    text: /speaks plaintext to a port with TLS/,
  },
  {
    what: "TLS with HTTP/1.1 alone",
    kind: "tls",
    connect: (port) =>
      connectTls({ port, host: "127.0.0.1", ALPNProtocols: ["http/1.1"], ...tlsOf }).on("error", ignore),
    cause: "no-alpn",
    text: /does not offer HTTP\/2 \(ALPN h2\)/,
  },
  {
    what: "a client that does not trust the server",
    kind: "tls",
    connect: (port) => connectHttp2(`https://127.0.0.1:${port}`, { ca: theirs.cert }).on("error", ignore),
    cause: "handshake",
    text: /does not trust the certificate of this server/,
  },
  {
    what: "a client without a certificate",
    kind: "mutual",
    connect: (port) => connectHttp2(`https://127.0.0.1:${port}`, tlsOf).on("error", ignore),
    cause: "no-certificate",
    text: /has no certificate, and this port requires one.*tls_certificates/,
  },
  {
    what: "a client with a certificate of another authority",
    kind: "mutual",
    connect: (port) =>
      connectHttp2(`https://127.0.0.1:${port}`, { ...tlsOf, ...theirs.issue("c") }).on("error", ignore),
    cause: "untrusted-client",
    text: /its certificate is not by an authority of ca/,
  },
];

describe("a connection that fails before a stream", () => {
  it.each(ROWS)("is logged with what to do: $what", async ({ kind, connect, cause, text }) => {
    const seen = lines.length;
    // The same cause of another row is written once a minute.
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 3_600_000 * (1 + seen));
    connect(running[kind]!.port);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(seen), { timeout: 10_000 });
    vi.restoreAllMocks();
    const [message, fields] = lines.at(-1)!;
    expect(message).toMatch(/^CONNECTION from 127\.0\.0\.1:\d+: /);
    expect(message).toMatch(text);
    expect(fields).toMatchObject({ event: "CONNECTION", cause });
  });

  it("is logged once a minute for each cause and address", async () => {
    const seen = lines.length;
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) =>
        httpGet(`http://127.0.0.1:${running.plain!.port}/`).on("error", ignore).once("close", resolve)
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines.length - seen).toBeLessThanOrEqual(1);
  });

  it("is not a check whether the port is open, nor a client that works", async () => {
    const seen = lines.length;
    for (const { port } of Object.values(running)) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.end();
    }
    await using client = new RawClient(`http://127.0.0.1:${running.plain!.port}`);
    const stream = client.open();
    await new Promise((resolve) => setTimeout(resolve, 200));
    stream.http.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lines.slice(seen)).toEqual([]);
  });
});
