import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  LinearCache,
  type OutgoingResponse,
  rawResource,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen, type RunningServer } from "../../src/node/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints, LISTENER_TYPE, v3 } from "../../src/v3/mod.ts";
import { ADS_DELTA, ADS_SOTW, GrpcClient } from "./grpc-client.ts";

// Rules of the protocol that concern a whole server, by their ids, as in the transcripts.

const NODE = { id: "node" };
const CUSTOM = "type.googleapis.com/example.Custom";
const A = cluster({ name: "a" });

let cache: SnapshotCache;
let server: DiscoveryServer;
let running: RunningServer;
let client: GrpcClient;

async function start(options: Partial<DiscoveryServerOptions> = {}): Promise<void> {
  server = createDiscoveryServer({ cache, log: false, ...options });
  running = await listen(server, { port: 0 });
  client = new GrpcClient(running.port);
}

beforeEach(() => {
  cache = new SnapshotCache();
  cache.setSnapshot("node", new Snapshot({ resources: [A, endpoints({ clusterName: "a" })] }));
});

afterEach(async () => {
  client[Symbol.dispose]();
  await running.close();
});

const STREAMS = v3.services.flatMap(({ service, typeUrl }) =>
  service.methods.filter(({ methodKind }) => methodKind === "bidi_streaming").map((method) => ({
    path: `/${service.typeName}/${method.name}`,
    variant: method.input.name.startsWith("Delta") ? "delta" as const : "sotw" as const,
    typeUrl: typeUrl ?? CUSTOM,
  }))
);

describe("services and streams", () => {
  it.each(STREAMS)("T1 T5 serves $path", async ({ path, variant, typeUrl }) => {
    await start();
    cache.setSnapshot("node", new Snapshot({ resources: [rawResource(typeUrl, "a", new Uint8Array())] }));
    if (variant === "sotw") {
      const stream = client.sotw(path);
      stream.send({ node: NODE, typeUrl, resourceNames: ["a"] });
      const response = await stream.next();
      expect([response.typeUrl, ...response.resources.map((any) => any.typeUrl)]).toEqual([typeUrl, typeUrl]);
    } else {
      const stream = client.delta(path);
      stream.send({ node: NODE, typeUrl, resourceNamesSubscribe: ["a"] });
      const response = await stream.next();
      const types = response.resources.map(({ resource }) => resource!.typeUrl);
      expect([response.typeUrl, ...types]).toEqual([typeUrl, typeUrl]);
    }
  });

  it("T7 serves several streams of one node, of both variants, each by itself", async () => {
    await start();
    const sotw = client.sotw(ADS_SOTW);
    const delta = client.delta(ADS_DELTA);
    sotw.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    delta.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    const rejected = await sotw.next();
    const accepted = await delta.next();
    sotw.send({ typeUrl: CLUSTER_TYPE, responseNonce: rejected.nonce, errorDetail: { message: "no" } });
    delta.send({ typeUrl: CLUSTER_TYPE, responseNonce: accepted.nonce });
    cache.setSnapshot("node", cache.getSnapshot("node")!.with({ update: [cluster({ name: "b" })] }));
    // The first client is not sent again what it rejected.
    expect((await sotw.next()).resources).toHaveLength(1);
    expect((await delta.next()).resources.map(({ name }) => name)).toEqual(["b"]);
  });

  it("T10 accepts a request that names 50,000 resources", async () => {
    await start();
    const stream = client.delta(ADS_DELTA);
    const initialResourceVersions = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [`cluster-with-a-long-name-${i}`, "0123456789abcdef"]),
    );
    stream.send({ node: NODE, typeUrl: CLUSTER_TYPE, initialResourceVersions });
    const { resources, nonce } = await stream.next();
    expect(resources.map(({ name }) => name)).toEqual(["a"]);
    stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce });
    expect((await stream.next()).removedResources).toHaveLength(50_000);
  });

  it("T11 shows callbacks the size of each response", async () => {
    const sent: OutgoingResponse[] = [];
    await start({ callbacks: { onResponse: (_stream, response) => void sent.push(response) } });
    const bytes = new Uint8Array(5 * 2 ** 20);
    cache.setSnapshot("node", new Snapshot({ resources: [rawResource(CUSTOM, "large", bytes)] }));
    const stream = client.sotw(ADS_SOTW);
    stream.send({ node: NODE, typeUrl: CUSTOM, resourceNames: ["large"] });
    // The client accepts 4 MiB, as most do.
    expect((await stream.ended)[0]).toBe("RESOURCE_EXHAUSTED");
    expect(sent.map(({ frame }) => frame.length > bytes.length)).toEqual([true]);
  });

  it("T12 continues to serve others while a client stalls, and sends that client the latest once it reads", async () => {
    await start();
    const publish = (version: number): string => {
      const bytes = new Uint8Array(2 ** 20).fill(version);
      cache.setSnapshot("node", new Snapshot({ resources: [rawResource(CUSTOM, "large", bytes)] }));
      return cache.getSnapshot("node")!.version(CUSTOM);
    };
    const first = publish(0);
    const request = { node: NODE, typeUrl: CUSTOM, resourceNames: ["large"] };
    using other = new GrpcClient(running.port);
    const stuck = other.sotw(ADS_SOTW);
    stuck.pause();
    stuck.send(request);
    const reading = client.sotw(ADS_SOTW);
    reading.send(request);
    let latest = first;
    for (let version = 1; version <= 10; version++) {
      const { nonce, versionInfo } = await reading.next();
      expect(versionInfo).toBe(latest);
      reading.send({ ...request, responseNonce: nonce });
      latest = publish(version);
    }
    expect((await reading.next()).versionInfo).toBe(latest);
    stuck.resume();
    const { nonce, versionInfo } = await stuck.next();
    expect(versionInfo).toBe(first);
    stuck.send({ ...request, responseNonce: nonce });
    expect((await stuck.next()).versionInfo).toBe(latest);
  });

  it("N2 accepts the node in each request", async () => {
    await start();
    const stream = client.sotw(ADS_SOTW);
    for (const typeUrl of [CLUSTER_TYPE, LISTENER_TYPE]) {
      stream.send({ node: { ...NODE, metadata: { a: 1, b: { c: true } } }, typeUrl });
      expect((await stream.next()).typeUrl).toBe(typeUrl);
    }
    expect(server.status().streams).toHaveLength(1);
  });
});

describe("versions", () => {
  it("S1 gives the same content the same version on every replica, and different content a different one", async () => {
    await start();
    const versions: string[] = [];
    for (const resources of [[A, cluster({ name: "b" })], [cluster({ name: "b" }), cluster({ name: "a" })], [A]]) {
      const replica = new SnapshotCache();
      replica.setSnapshot("node", new Snapshot({ resources }));
      const listening = await listen(createDiscoveryServer({ cache: replica }), { port: 0 });
      using other = new GrpcClient(listening.port);
      const stream = other.sotw(ADS_SOTW);
      stream.send({ node: NODE, typeUrl: CLUSTER_TYPE });
      versions.push((await stream.next()).versionInfo);
      await listening.close();
    }
    expect(versions[0]).toBe(versions[1]);
    expect(versions[2]).not.toBe(versions[0]);
  });

  it("D21 D24 responds to the subscription as it is when the response is made, in full", async () => {
    const linear = new LinearCache(CUSTOM, {
      resources: Array.from({ length: 100 }, (_, i) => rawResource(CUSTOM, `${i}`, new Uint8Array())),
    });
    await start({ cache: linear });
    const stream = client.delta(ADS_DELTA);
    stream.send({ node: NODE, typeUrl: CUSTOM, resourceNamesSubscribe: ["*", "0"] });
    stream.send({ typeUrl: CUSTOM, resourceNamesUnsubscribe: ["*"], resourceNamesSubscribe: ["1"] });
    const names = new Set<string>();
    while (!names.has("1")) {
      const response = await stream.next();
      for (const { name } of response.resources) names.add(name);
      stream.send({ typeUrl: CUSTOM, responseNonce: response.nonce });
    }
    // Either both requests were read before the first response was made, or that was complete.
    expect([2, 100]).toContain(names.size);
  });
});

describe("errors and identity", () => {
  it("E1 names the server in each response, in both variants", async () => {
    await start({ identifier: "replica-1" });
    const sotw = client.sotw(ADS_SOTW);
    sotw.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    expect((await sotw.next()).controlPlane?.identifier).toBe("replica-1");
    const delta = client.delta(ADS_DELTA);
    delta.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    expect((await delta.next()).controlPlane?.identifier).toBe("replica-1");
  });

  it.each([
    { what: "types", options: { maxTypes: 1 }, then: { typeUrl: LISTENER_TYPE }, code: "RESOURCE_EXHAUSTED" },
    {
      what: "names",
      options: { maxNames: 2 },
      then: { typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: ["x", "y", "z"] },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "names of all types together",
      options: { maxNames: 2 },
      then: { typeUrl: LISTENER_TYPE, resourceNamesSubscribe: ["x", "y"], resourceNamesUnsubscribe: ["a", "b", "c"] },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "versions",
      options: { maxNames: 2 },
      then: { typeUrl: LISTENER_TYPE, initialResourceVersions: { x: "1", y: "1", z: "1" } },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "a name in versions",
      options: { maxNameLength: 3 },
      then: { typeUrl: LISTENER_TYPE, initialResourceVersions: { long: "1" } },
      code: "INVALID_ARGUMENT",
    },
    {
      what: "a type URL",
      options: {},
      then: { typeUrl: `type.googleapis.com/${"x".repeat(1_024)}` },
      code: "INVALID_ARGUMENT",
    },
    {
      what: "a node",
      options: { maxNodeBytes: 1_000 },
      then: { typeUrl: CLUSTER_TYPE, node: { ...NODE, userAgentName: "x".repeat(1_001), cluster: "x".repeat(1_001) } },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "the memory of a stream",
      options: { maxStreamBytes: 10_000 },
      then: { typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: Array.from({ length: 30 }, (_, i) => `${i}`) },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "the memory of all streams",
      options: { maxHeldBytes: 24_000 },
      then: { typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: Array.from({ length: 30 }, (_, i) => `${i}`) },
      code: "RESOURCE_EXHAUSTED",
    },
    {
      what: "a name",
      options: { maxNameLength: 3 },
      then: { typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: ["long"] },
      code: "INVALID_ARGUMENT",
    },
    {
      what: "a request",
      options: { maxRequestBytes: 100 },
      then: { typeUrl: CLUSTER_TYPE, resourceNamesSubscribe: ["x".repeat(101)] },
      code: "RESOURCE_EXHAUSTED",
    },
  ])("E5 bounds $what, and continues to serve others", async ({ options, then, code }) => {
    await start(options);
    const good = client.delta(ADS_DELTA);
    good.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    const { nonce } = await good.next();
    const bad = client.delta(ADS_DELTA);
    bad.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    await bad.next();
    bad.send(then);
    const [status, text] = await bad.ended;
    expect(status).toBe(code);
    expect(text).toMatch(/\d/);
    good.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce, resourceNamesSubscribe: ["b"] });
    expect((await good.next()).removedResources).toEqual(["b"]);
  });

  it.each([
    "/envoy.api.v2.ClusterDiscoveryService/StreamClusters",
    "/envoy.service.cluster.v3.ClusterDiscoveryService/X",
  ])(
    "E6 ends a stream of the unknown method %s",
    async (path) => {
      await start();
      const stream = client.sotw(path);
      stream.send({ node: NODE });
      expect(await stream.ended).toEqual(["UNIMPLEMENTED", "Cannot serve request: no such method"]);
    },
  );

  it("E7 accepts fields that the API calls invalid, where nothing depends on them", async () => {
    await start();
    const stream = client.sotw(ADS_SOTW);
    // A locality has to have a region of some length, an error detail a code, and a locator a name.
    stream.send({ node: { ...NODE, locality: {} }, typeUrl: CLUSTER_TYPE });
    const { nonce } = await stream.next();
    stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce, errorDetail: {} });
    stream.send({ typeUrl: ENDPOINT_TYPE, resourceNames: ["a", ""] });
    expect((await stream.next()).typeUrl).toBe(ENDPOINT_TYPE);
  });

  it("E8 shows the ACKed version and the NACKed one with its reason", async () => {
    await start();
    const stream = client.sotw(ADS_SOTW);
    stream.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    const first = await stream.next();
    stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: first.nonce });
    cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "bad" })] }));
    const second = await stream.next();
    stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: second.nonce, errorDetail: { message: "no such thing" } });
    // The response to this comes after the NACK.
    stream.send({ typeUrl: LISTENER_TYPE });
    await stream.next();
    const [shown] = server.status().streams;
    expect(shown!.node?.id).toBe("node");
    expect(shown!.state.find(({ typeUrl }) => typeUrl === CLUSTER_TYPE)).toMatchObject({
      acked: first.versionInfo,
      // The removal of the first cluster, without what was rejected.
      inFlight: second.versionInfo,
      nacked: { version: second.versionInfo, message: "no such thing" },
      quarantined: [{ name: "bad", by: "client", reason: "no such thing", instead: undefined }],
    });
  });

  it("E9 ends the stream of a message that cannot be decoded, and no other", async () => {
    await start();
    const good = client.sotw(ADS_SOTW);
    good.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    const { nonce } = await good.next();
    const bad = client.sotw(ADS_SOTW);
    bad.sendBytes(Uint8Array.of(0x0a, 0xff));
    expect((await bad.ended)[0]).toBe("INVALID_ARGUMENT");
    good.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce });
    good.send({ typeUrl: LISTENER_TYPE });
    expect((await good.next()).typeUrl).toBe(LISTENER_TYPE);
  });
});
