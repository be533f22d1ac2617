import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { cacheFrom, createDiscoveryServer, rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { CLUSTER_TYPE, SECRET_TYPE } from "../../src/v3/mod.ts";
import { ADS_DELTA, ADS_SOTW, GrpcClient } from "../server/grpc-client.ts";
import { RawClient, sotwRequest } from "../server/raw-client.ts";
import { selfSigned } from "../server/self-signed.ts";
import { MARK, Outputs } from "./outputs.ts";
import { planted } from "./plant.ts";
import { FIELDS, keyOf, RESOURCES, TLS_SECRET, withKey } from "./planted-resources.ts";
import { reasonsFor } from "./reasons.ts";
import { nameOf } from "./sensitive-fields.ts";
import { serve, until } from "./serve.ts";

describe("a key", () => {
  it.each(FIELDS.map((field, i) => [nameOf(field), i] as const))(
    "is not shown after NACKs that quote %s",
    async (_, i) => {
      const { outputs, server, port } = await serve({ resources: [RESOURCES[i]!] });
      using client = new GrpcClient(port);
      const { typeUrl } = RESOURCES[i]!;
      for (const message of reasonsFor(FIELDS[i]!, keyOf(i))) {
        const stream = client.delta(ADS_DELTA);
        stream.send({ node: { id: "n" }, typeUrl, resourceNamesSubscribe: ["*"] });
        const { nonce } = await stream.next();
        stream.send({ typeUrl, responseNonce: nonce, errorDetail: { code: 13, message } });
        // The response to another type shows that the NACK was read.
        stream.send({ typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: ["*"] });
        await stream.next();
        outputs.add("status", server.status());
        outputs.add("explain", server.explain("n"));
        stream.end();
      }
      expect([...outputs.sources]).toEqual(
        expect.arrayContaining(["onNack", "onQuarantine", "log.warn", "status", "explain"]),
      );
      expect(outputs.leaks).toEqual([]);
    },
  );

  it("is not shown by the console, which is the log by default", async () => {
    const { outputs, port } = await serve({ resources: [TLS_SECRET], byDefault: true });
    using client = new GrpcClient(port);
    const stream = client.sotw(ADS_SOTW);
    stream.send({ node: { id: "n" }, typeUrl: SECRET_TYPE, resourceNames: ["certificate"] });
    const { nonce } = await stream.next();
    const message = `goo.gle/debugonly tls_certificate { private_key { inline_string: "${MARK}" } }`;
    stream.send({
      typeUrl: SECRET_TYPE,
      resourceNames: ["certificate"],
      responseNonce: nonce,
      errorDetail: { code: 13, message },
    });
    await until(() => outputs.sources.has("console.warn"));
    expect(outputs.leaks).toEqual([]);
  });

  it("is not shown where a client has it in headers, in metadata of its node, or in a request that cannot be read", async () => {
    const { outputs, server, port } = await serve({
      resources: [TLS_SECRET],
      // They are called with the whole node, for that is what they decide by.
      callbacks: {},
      authorize: ({ node }) => node.id !== "denied",
      health: true,
      reflection: true,
    });
    await using raw = new RawClient(`http://127.0.0.1:${port}`);
    const headers = { authorization: `Bearer ${MARK}`, cookie: `a=${MARK}` };
    const open = raw.open(headers);
    open.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
    await open.received(1);
    using client = new GrpcClient(port);
    for (const id of ["n", "denied"]) {
      const stream = client.sotw(ADS_SOTW);
      stream.send({ node: { id, metadata: { token: MARK } }, typeUrl: SECRET_TYPE, resourceNames: ["certificate"] });
      await (id === "n" ? stream.next() : stream.ended);
    }
    outputs.add("status", server.status());
    outputs.add("explain", server.explain("n"));
    for (
      const path of [
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        undefined,
      ]
    ) {
      const broken = raw.open({ ...headers, ...path !== undefined && { ":path": path } });
      broken.send(new TextEncoder().encode(`\u000f${MARK}${MARK}`));
      broken.http.end();
      outputs.add("trailers", await broken.ended);
    }
    for (
      const body of [
        `{"node": {"metadata": {"token": "${MARK}`,
        `{"node": {"id": "denied", "metadata": {"token": "${MARK}"}}}`,
        `{"${MARK}": 1, "node": 5}`,
      ]
    ) {
      const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
      const response = await server.fetch(new Request("http://localhost/v3/discovery:secrets", init));
      outputs.add("REST", [response.status, await response.text()]);
    }
    expect([...outputs.sources]).toEqual(
      expect.arrayContaining(["log.warn", "log.debug", "REST", "trailers", "status"]),
    );
    expect(outputs.leaks).toEqual([]);
  });

  it("is not shown where a resource cannot be written as JSON", async () => {
    const broken = new TextEncoder().encode(`\u000f${MARK}`);
    const { outputs, server } = await serve({
      resources: [rawResource(SECRET_TYPE, "a", broken), rawResource(CLUSTER_TYPE, "b", broken)],
    });
    for (const path of ["secrets", "clusters"]) {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: `{"node": {"id": "n"}}` };
      const response = await server.fetch(new Request(`http://localhost/v3/discovery:${path}`, init));
      expect(response.status).toBeGreaterThanOrEqual(400);
      outputs.add("REST", await response.text());
    }
    outputs.add("check", new Snapshot({ resources: [rawResource(CLUSTER_TYPE, "b", broken)] }).check());
    expect(outputs.leaks).toEqual([]);
  });

  it("is not shown where a source gives what is no resource, or cannot be encoded", async () => {
    const message = planted(FIELDS[0]!, MARK);
    const events: unknown[] = [
      message,
      { resources: [message] },
      { update: message },
      { remove: [message] },
      { resources: [withKey({ specifier: { case: "inlineBytes", value: MARK } })] },
      { resources: [TLS_SECRET, MARK] },
    ];
    const outputs = new Outputs();
    const cache = cacheFrom(async function* () {
      yield events.shift() as never;
    }, { onError: (error) => outputs.add("cacheFrom", error), retryMs: 1 });
    const { port } = await serve({ cache, outputs });
    using client = new GrpcClient(port);
    client.sotw(ADS_SOTW).send({ node: { id: "n" }, typeUrl: SECRET_TYPE, resourceNames: ["certificate"] });
    await until(() => events.length === 0);
    await sleep(20);
    expect(outputs.sources).toContain("cacheFrom");
    expect(outputs.leaks).toEqual([]);
  });

  it("is not shown where the certificate of the server cannot be loaded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { key, cert } = selfSigned("canary");
    const [keyFile, certFile] = [join(folder, "key"), join(folder, "cert")];
    const broken = `-----BEGIN PRIVATE KEY-----\n${MARK}\n-----END PRIVATE KEY-----\n`;
    const outputs = new Outputs();
    outputs.captureConsole();
    writeFileSync(keyFile, broken);
    writeFileSync(certFile, cert);
    const server = createDiscoveryServer({ cache: new SnapshotCache(), log: outputs });
    const tls = { keyFile, certFile, reloadMs: 5 };
    await listen(server, { port: 0, tls }).catch((error: unknown) => outputs.add("listen", error));
    writeFileSync(keyFile, key);
    const listener = await listen(server, { port: 0, tls });
    onTestFinished(() => listener.close());
    writeFileSync(keyFile, broken);
    await until(() => outputs.sources.has("console.error"));
    expect(outputs.sources).toContain("listen");
    expect(outputs.leaks).toEqual([]);
  });
});
