import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootstrap } from "../../examples/demo/bootstrap.ts";
import { startEnvoy } from "../../examples/demo/envoy.ts";
import { get } from "../../examples/demo/get.ts";
import { ensureEnvoy } from "../../examples/demo/install-envoy.ts";
import { waitFor } from "../../examples/demo/wait-for.ts";
import { runTranscript } from "../protocol/run-transcript.ts";
import { TRANSCRIPTS } from "../protocol/transcripts.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { RawClient, sotwRequest } from "../server/raw-client.ts";
import { ATTACKS, expectService } from "./attacks.ts";
import { Example } from "./example.ts";
import { RemoteServer } from "./remote.ts";
import { REST_CASES, type RestServer, startRestServer } from "./rest.ts";
import { commandOf, RUNTIMES } from "./runtimes.ts";
import { startWorkerd, WORKERD } from "./workerd.ts";

beforeAll(() => ensureEnvoy(), 600_000);

describe.each(RUNTIMES)("$name", (runtime) => {
  let command: readonly string[];

  beforeAll(async () => {
    command = await commandOf(runtime);
  }, 600_000);

  describe("follows the transcripts with a gRPC client", () => {
    let server: RemoteServer;
    beforeAll(() => {
      server = new RemoteServer(command);
    });
    afterAll(() => server.stop());

    it.each(TRANSCRIPTS)("$name ($variant)", (transcript) => runTranscript(transcript, server.connect));
  });

  describe("survives attacks of a client", () => {
    let example: Example;
    beforeAll(async () => {
      example = await Example.start(command);
    });
    afterAll(() => example[Symbol.asyncDispose]());

    it.each(Object.entries(ATTACKS))("%s", async (_, attack) => {
      await attack(example.port);
      await expectService(example.port);
      expect(example.isRunning).toBe(true);
    });
  });

  it("P-02 drains on SIGTERM, and exits with 0", async () => {
    await using example = await Example.start(command);
    await using client = new RawClient(`http://127.0.0.1:${example.port}`);
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
    await stream.received(1);
    const goAway = once(client.session, "goaway");
    expect(await example.stop()).toBe(0);
    expect((await goAway)[0]).toBe(0);
    expect(await stream.ended).toMatchObject({ "grpc-status": "14" });
  });

  describe("serves polls", () => polls(() => startRestServer(command)));

  it.each(["sotw", "delta"] as const)(
    "configures a real Envoy over ADS, and sends it a change (%s)",
    async (variant) => {
      await using example = await Example.start(command);
      const config = bootstrap({ nodeId: "runtimes", xdsPort: example.port, variant });
      const envoy = await startEnvoy({ config });
      try {
        await envoy.ready();
        const port = await waitFor("Envoy's listener", () => envoy.listenerPort("http"));
        const version = async (): Promise<number> => {
          const { status, headers } = await get(`http://127.0.0.1:${port}/`);
          if (status !== 200) throw new Error(`status ${status}`);
          return Number(headers["x-config-version"]);
        };
        const first = await waitFor("a response of the upstream", version);
        await waitFor("a change of the routes", async () => expect(await version()).toBeGreaterThan(first));
      } finally {
        await envoy.stop();
      }
    },
    60_000,
  );
});

describe(WORKERD, () => polls(startWorkerd));

function polls(start: () => Promise<RestServer>): void {
  let server: RestServer;
  beforeAll(async () => {
    server = await start();
  }, 600_000);
  afterAll(() => server.stop());

  const send = (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it.each(REST_CASES)("$name", async ({ method = "POST", path, request, contentType, status, holds }) => {
    const body = typeof request === "string" ? request : JSON.stringify({ node: { id: "node" }, ...request });
    const headers = { "content-type": contentType ?? "application/json" };
    const response = await send(path, { method, headers, body });
    const text = await response.text();
    expect(response.status, text).toBe(status);
    if (holds !== undefined) expect(text).toContain(holds);
    if (status === 304) expect(text).toBe("");
  });

  it("R4 a change between two polls", async () => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ node: { id: "node" }, version_info: "1" });
    const poll = () => send("/v3/discovery:clusters", { method: "POST", headers, body });
    expect((await poll()).status).toBe(304);
    await send("/publish", { method: "POST", body: "2" });
    expect(await (await poll()).json()).toMatchObject({ versionInfo: "2", resources: [{ altStatName: "2" }] });
    await send("/publish", { method: "POST", body: "1" });
  });
}
