import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { bindNode, createDiscoveryServer, type DiscoveryServer, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen, restListener } from "../../src/node/mod.ts";
import { read } from "../../src/node/peer-certificate.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { DELTA_PATH, frame, RawClient, SOTW_PATH, sotwRequest } from "./raw-client.ts";
import { type KeyPair, TestAuthority } from "./test-authority.ts";

const ours = new TestAuthority("ours");
const theirs = new TestAuthority("theirs");
afterAll(() => {
  ours.remove();
  theirs.remove();
});

const SERVER = ours.issue("server");
const A = ours.issue("a", ["URI:spiffe://example.org/a"]);
const B = ours.issue("b", ["URI:spiffe://example.org/b"]);
const FOREIGN = theirs.issue("a", ["URI:spiffe://example.org/a"]);
const NODE_A = "spiffe://example.org/a";
const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
const REST_PATH = "/v3/discovery:clusters";

/** Each way by which `listen()` and `restListener()` serve: a function that says what node a gets with a certificate. */
const WAYS: Readonly<Record<string, (port: number, pair: KeyPair) => Promise<string>>> = {
  "SotW by gRPC": (port, pair) => overHttp2(port, pair, { ":path": SOTW_PATH }, frame(REQUEST)),
  "delta by gRPC": (port, pair) => overHttp2(port, pair, { ":path": DELTA_PATH }, frame(DELTA_REQUEST)),
  "SotW by gRPC, with a query": (port, pair) =>
    overHttp2(port, pair, { ":path": `${SOTW_PATH}?a`, "content-type": "application/grpc+proto; a" }, frame(REQUEST)),
  "unary gRPC": (port, pair) => overHttp2(port, pair, { ":path": FETCH_PATH }, frame(REQUEST)),
  "REST on HTTP/2": (port, pair) =>
    overHttp2(port, pair, { ":path": REST_PATH, "content-type": "application/json" }, JSON_REQUEST),
  "REST on HTTP/1.1": (port, pair) => overHttp1(port, pair, REST_PATH),
  "Connect on HTTP/1.1": (port, pair) => overHttp1(port, pair, FETCH_PATH),
};

const REQUEST = sotwRequest({ type: CLUSTER_TYPE, nodeId: NODE_A });
/** In delta the node is field 1, and the type field 2. */
const DELTA_REQUEST = Uint8Array.of(
  ...[10, NODE_A.length + 2, 10, NODE_A.length, ...new TextEncoder().encode(NODE_A)],
  ...[18, CLUSTER_TYPE.length, ...new TextEncoder().encode(CLUSTER_TYPE)],
);
const JSON_REQUEST = new TextEncoder().encode(JSON.stringify({ node: { id: NODE_A } }));

describe.each(Object.entries(WAYS))("I-02 %s", (title, call) => {
  it("serves node a by its own certificate alone", async () => {
    const { server, authorized } = guarded();
    const port = await (title.includes("1.1") ? serveHttp1(server) : serve(server));
    expect(await call(port, A)).toBe("served");
    expect(await call(port, B)).toBe("denied");
    authorized.delete(NODE_A);
    expect(await call(port, A)).toBe("unauthenticated");
    expect(await call(port, FOREIGN)).toMatch(title.includes("1.1") ? "unauthenticated" : "refused");
    expect(server.status().authorization).toMatchObject({ denied: title.includes("1.1") ? 3 : 2, failed: 0 });
  });
});

it("the certificate is in the status, and revocation ends the stream", async () => {
  const { server, authorized } = guarded();
  await using client = new RawClient(`https://localhost:${await serve(server)}`, { ...A, ca: ours.cert });
  const stream = client.open();
  stream.send(REQUEST);
  await stream.received(1);
  const { certificate } = server.status().streams[0]!;
  expect(certificate).toMatchObject({
    subject: "CN=a",
    commonName: "a",
    spiffeId: NODE_A,
    uris: [NODE_A],
    dnsNames: [],
  });
  expect(certificate!.fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
  expect(certificate!.validTo).toBeGreaterThan(Date.now());
  authorized.delete(NODE_A);
  await server.reauthorize();
  expect(await stream.ended).toMatchObject({ "grpc-status": "16" });
});

describe("the names of a certificate", () => {
  const valid = { fingerprint256: "AA", valid_to: "Nov 26 14:39:12 2036 GMT", subject: { CN: "a" } };

  it.each<[string, string | undefined, string[]]>([
    ["URI:spiffe://td/a", "spiffe://td/a", []],
    ["DNS:x, URI:spiffe://td/a", "spiffe://td/a", ["x"]],
    ["URI:spiffe://td/a, URI:spiffe://td/b", undefined, []],
    ["URI:spiffe://td/../a", undefined, []],
    ["URI:spiffe://td/a//b", undefined, []],
    ["URI:spiffe://td/a%2fb", undefined, []],
    ["URI:spiffe://td/a/", undefined, []],
    ["URI:spiffe://user@td/a", undefined, []],
    ["URI:SPIFFE://td/a", undefined, []],
    ['DNS:"x, URI:spiffe://td/a"', undefined, ["x, URI:spiffe://td/a"]],
    ['DNS:"good.example\\u0000.evil", URI:"spiffe://td/a\\u0000b"', undefined, []],
    ['DNS:x"y, URI:spiffe://td/a', undefined, []],
    ['URI:"spiffe://td/a\\x", URI:spiffe://td/a', undefined, []],
    ['URI:spiffe://td/a, URI:"\n"', undefined, []],
  ])("%s", (subjectaltname, spiffeId, dnsNames) => {
    expect(read({ ...valid, subjectaltname } as never)).toMatchObject({ spiffeId, dnsNames });
  });

  it("do not come from the subject", () => {
    const subject = { CN: ["a", "b"], O: "x, CN=admin" };
    expect(read({ ...valid, subject } as never)).toMatchObject({
      subject: "CN=a, CN=b, O=x\\, CN\\=admin",
      commonName: undefined,
      uris: [],
    });
    expect(read({})).toBeUndefined();
  });
});

describe("S-14 certificates from files", () => {
  it("are replaced without dropping a stream", async () => {
    const files = await filesWith(SERVER, ours.cert);
    const { server } = guarded();
    await using running = await listen(server, { port: 0, tls: { ...files, reloadMs: 5 } });
    const url = `https://localhost:${running.port}`;
    await using client = new RawClient(url, { ...A, ca: ours.cert });
    const stream = client.open();
    stream.send(REQUEST);
    const { nonce, version } = await stream.received(1);
    write(files, theirs.issue("server"), theirs.cert);
    const port = running.port;
    const call = () => overHttp2(port, FOREIGN, { ":path": FETCH_PATH }, frame(REQUEST), theirs.cert);
    await expect.poll(call, { timeout: 10_000 }).toBe("served");
    expect(await overHttp2(port, A, { ":path": FETCH_PATH }, frame(REQUEST))).toBe("refused");
    stream.send(sotwRequest({ type: CLUSTER_TYPE, nonce, version }));
    server.close();
    expect(await stream.ended).toMatchObject({ "grpc-status": "14" });
  });

  it("stay in use where the new ones cannot be", async () => {
    const files = await filesWith(SERVER, ours.cert);
    const { server } = guarded();
    const problems: unknown[] = [];
    const tls = { ...files, reloadMs: 5, onReloadError: (error: unknown) => void problems.push(error) };
    await using running = await listen(server, { port: 0, tls });
    write(files, { key: SERVER.key, cert: ours.issue("other").cert }, ours.cert);
    await expect.poll(() => problems.length).toBe(1);
    await expect(running.reloadTls()).rejects.toThrow();
    expect(await overHttp2(running.port, A, { ":path": FETCH_PATH }, frame(REQUEST))).toBe("served");
    expect(problems).toHaveLength(1);
  });

  it("come from a function too, when it is asked to", async () => {
    const { server } = guarded();
    let pair = SERVER;
    const tls = { load: () => ({ ...pair, ca: ours.cert }), reloadMs: Infinity };
    await using running = await listen(server, { port: 0, tls });
    pair = theirs.issue("server");
    expect(await overHttp2(running.port, A, { ":path": FETCH_PATH }, frame(REQUEST))).toBe("served");
    await running.reloadTls();
    expect(await overHttp2(running.port, A, { ":path": FETCH_PATH }, frame(REQUEST))).toBe("refused");
    expect(await overHttp2(running.port, A, { ":path": FETCH_PATH }, frame(REQUEST), theirs.cert)).toBe("served");
  });

  it("have to exist at the beginning", async () => {
    await expect(listen(guarded().server, { port: 0, tls: { keyFile: "/none", certFile: "/none" } })).rejects.toThrow(
      "ENOENT",
    );
  });
});

function guarded() {
  const authorized = new Set([NODE_A, "spiffe://example.org/b"]);
  const authorize = bindNode({
    idOf: ({ certificate }) => authorized.has(certificate?.spiffeId ?? "") ? certificate?.spiffeId : undefined,
  });
  const cache = new SnapshotCache();
  cache.setSnapshot(NODE_A, new Snapshot({ version: "1", resources: [cluster({ name: "c" })] }));
  return { server: createDiscoveryServer({ cache, authorize, log: false }), authorized };
}

async function serve(server: DiscoveryServer): Promise<number> {
  const running = await listen(server, { port: 0, tls: { ...SERVER, ca: ours.cert } });
  onTestFinished(() => running.close());
  return running.port;
}

/** A server that takes any certificate, so that the discovery server has to see which is verified. */
async function serveHttp1(server: DiscoveryServer): Promise<number> {
  const options = { ...SERVER, ca: ours.cert, requestCert: true, rejectUnauthorized: false };
  const http = createServer(options, restListener(server)).listen(0, "127.0.0.1");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  await new Promise((resolve) => http.once("listening", resolve));
  return (http.address() as AddressInfo).port;
}

async function overHttp2(
  port: number,
  pair: KeyPair,
  headers: Record<string, string>,
  body: Uint8Array,
  ca = ours.cert,
): Promise<string> {
  await using client = new RawClient(`https://localhost:${port}`, { ...pair, ca });
  const refused = new Promise<string>((resolve) => client.session.once("close", () => resolve("refused")));
  const stream = client.open(headers);
  stream.http.end(body);
  const end = stream.ended.then((end) => outcomeOf(Number(end["grpc-status"] ?? NaN), Number(end[":status"])));
  return await Promise.race([end.then((outcome) => client.session.destroyed ? refused : outcome), refused]);
}

async function overHttp1(port: number, pair: KeyPair, path: string): Promise<string> {
  const options = {
    ...pair,
    ca: ours.cert,
    host: "localhost",
    port,
    path,
    method: "POST",
    headers: { "content-type": "application/json" },
    agent: false,
  } as const;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const http = request(options, (response) => {
    response.resume();
    resolve(response.statusCode!);
  });
  http.on("error", reject);
  http.end(JSON_REQUEST);
  return outcomeOf(NaN, await promise);
}

function outcomeOf(grpcStatus: number, httpStatus: number): string {
  const status = Number.isNaN(grpcStatus) ? httpStatus : grpcStatus;
  return OUTCOMES[status] ?? `status ${status}`;
}

const OUTCOMES: Readonly<Record<number, string>> = {
  0: "served",
  200: "served",
  7: "denied",
  403: "denied",
  16: "unauthenticated",
  401: "unauthenticated",
};

async function filesWith(pair: KeyPair, ca: string) {
  const folder = await mkdtemp(join(tmpdir(), "ts-control-plane-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = { keyFile: join(folder, "key"), certFile: join(folder, "cert"), caFile: join(folder, "ca") };
  write(files, pair, ca);
  return files;
}

function write(
  { keyFile, certFile, caFile }: { keyFile: string; certFile: string; caFile: string },
  { key, cert }: KeyPair,
  ca: string,
): void {
  writeFileSync(keyFile, key);
  writeFileSync(certFile, cert);
  writeFileSync(caFile, ca);
}
