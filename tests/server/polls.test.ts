import { create, createFileRegistry, createRegistry, type DescMessage } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  StringValueSchema,
  StructSchema,
} from "@bufbuild/protobuf/wkt";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.ts";
import { HttpProtocolOptionsSchema } from "../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import {
  type Cache,
  cacheFrom,
  LinearCache,
  MuxCache,
  rawResource,
  type Resource,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import * as v2 from "../../src/v2/mod.ts";
import {
  cluster,
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  endpoints,
  extensionConfig,
  hostEndpoint,
  listener,
  LISTENER_TYPE,
  route,
  runtime,
  scopedRoute,
  secret,
  typedConfig,
} from "../../src/v3/mod.ts";
import { namesOf, Poller } from "./poll-client.ts";

const A = endpoints({ clusterName: "a", endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", 1)] }] });
const B = endpoints({ clusterName: "b", endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", 2)] }] });
const EDS_NAMES = "xdstp://x/envoy.config.endpoint.v3.ClusterLoadAssignment";
const XDSTP = `${EDS_NAMES}/c?b=2&a=1`;
const MEMBERS = ["a", "b"].map((name) => `${EDS_NAMES}/folder/${name}`);

/** A type of a user's own. */
const OWN: DescMessage = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "own.proto",
    package: "my.own",
    syntax: "proto3",
    messageType: [{
      name: "Filter",
      field: [{ name: "name", jsonName: "name", number: 1, type: FieldDescriptorProto_Type.STRING }],
    }],
  }),
  () => undefined,
).getMessage("my.own.Filter")!;

/** The path of each type, and a resource of it. */
const PATHS: readonly (readonly [path: string, resource: Resource])[] = [
  ["listeners", listener({ name: "a" })],
  ["clusters", cluster({ name: "a" })],
  ["routes", route({ name: "a" })],
  ["scoped-routes", scopedRoute({ name: "a" })],
  ["endpoints", A],
  ["secrets", secret({ name: "a" })],
  ["runtime", runtime({ name: "a" })],
  ["extension_configs", extensionConfig({ name: "a" })],
];

describe("R1 each type has its path", () => {
  const { poller } = withSnapshot(PATHS.map(([, resource]) => resource));

  it.each(PATHS)("R1 /v3/discovery:%s", async (path, resource) => {
    const answer = await poller.poll(path);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ typeUrl: resource.typeUrl, resources: [{ "@type": resource.typeUrl }] });
    expect(namesOf(answer)).toEqual(["a"]);
  });

  it.each(["ads", "virtual-hosts", "client_status", "Clusters", ""])("R1 R6 no /v3/discovery:%s", async (path) => {
    expect(await poller.poll(path)).toMatchObject({ status: 404, text: "Cannot serve request: no such path\n" });
  });

  it("R1 serves v2 from its table, under its paths and names", async () => {
    const cache = new SnapshotCache();
    cache.setSnapshot("node", new Snapshot({ resources: [v2.asV2(cluster({ name: "a" }))] }));
    const poller = new Poller({ cache, api: v2.v2 });
    expect((await poller.poll("/v2/discovery:clusters")).json).toMatchObject({
      typeUrl: v2.CLUSTER_TYPE,
      resources: [{ "@type": v2.CLUSTER_TYPE, name: "a" }],
    });
    expect((await poller.poll("/v3/discovery:clusters")).status).toBe(404);
  });
});

describe("R2 a request is read as proto3 JSON", () => {
  const { poller } = withSnapshot([A, B], { version: "1" });

  it.each<[string, object]>([
    ["snake_case", { version_info: "0", resource_names: ["a"], type_url: ENDPOINT_TYPE }],
    ["camelCase", { versionInfo: "0", resourceNames: ["a"], typeUrl: ENDPOINT_TYPE }],
    ["resource_locators", { resource_locators: [{ name: "a", dynamic_parameters: { x: "y" } }] }],
    ["resourceLocators", { resourceLocators: [{ name: "a" }] }],
    ["fields that nobody knows", { resource_names: ["a"], later: { deep: [1] }, node: { id: "node", later: [{}] } }],
    ["what a poll has no use for", {
      resource_names: ["a"],
      response_nonce: "1",
      error_detail: { code: 3, details: [{ "@type": "type.googleapis.com/nobody.Knows" }] },
    }],
    ["null for what is not set", { resource_names: ["a"], version_info: null, type_url: null, error_detail: null }],
    ["a node as Envoy's", {
      resource_names: ["a"],
      node: {
        id: "node",
        user_agent_build_version: { version: { major_number: 1 }, metadata: { "build.type": "RELEASE" } },
        locality: { sub_zone: "z" },
        dynamic_parameters: { p: { params: { a: "b" } } },
        extensions: [{ name: "x", category: "y", type_urls: ["z"] }],
        metadata: { nested: { list: [1, null, "x"] } },
      },
    }],
  ])("R2 %s", async (_, request) => {
    expect(namesOf(await poller.poll("endpoints", request))).toEqual(["a"]);
  });

  it("R2 hands a callback the node without its extensions", async () => {
    const seen: unknown[] = [];
    const poller = new Poller({
      cache: new LinearCache(CLUSTER_TYPE),
      callbacks: { onFetchRequest: ({ node }) => void seen.push(node) },
    });
    await poller.poll("clusters", { node: { id: "x", user_agent_name: "envoy", extensions: [{ name: "y" }] } });
    expect(seen).toMatchObject([{ id: "x", userAgentName: "envoy", extensions: [] }]);
  });
});

describe("R3 a response is proto3 JSON", () => {
  it("R3 has a content type, a length, and the identifier of the server", async () => {
    const { poller } = withSnapshot([A], { version: "7", identifier: "me" });
    const { status, headers, text, json } = await poller.poll("endpoints");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(Number(headers.get("content-length"))).toBe(new TextEncoder().encode(text).length);
    expect(json).toEqual({
      versionInfo: "7",
      typeUrl: ENDPOINT_TYPE,
      controlPlane: { identifier: "me" },
      resources: [{
        "@type": ENDPOINT_TYPE,
        clusterName: "a",
        endpoints: [{
          lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "127.0.0.1", portValue: 1 } } } }],
        }],
      }],
    });
  });

  it.each<[string, DescMessage, Record<string, unknown>, object]>([
    ["an extension", RouterSchema, { startChildSpan: true }, { startChildSpan: true }],
    ["one that holds another", HttpProtocolOptionsSchema, {
      httpFilters: [{
        name: "inner",
        configType: { case: "typedConfig", value: typedConfig(RouterSchema, { startChildSpan: true }) },
      }],
    }, {
      httpFilters: [{
        name: "inner",
        typedConfig: { "@type": `type.googleapis.com/${RouterSchema.typeName}`, startChildSpan: true },
      }],
    }],
    ["protobuf's own types", StringValueSchema, { value: "text" }, { value: "text" }],
    ["a struct", StructSchema, { fields: { a: { kind: { case: "boolValue", value: true } } } }, { value: { a: true } }],
  ])("R3 writes out %s", async (_, schema, init, json) => {
    const { poller } = withSnapshot([extensionConfig({ name: "x", typedConfig: typedConfig(schema, init) })]);
    const answer = await poller.poll("extension_configs");
    expect(answer.json?.resources).toEqual([{
      "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
      name: "x",
      typedConfig: { "@type": `type.googleapis.com/${schema.typeName}`, ...json },
    }]);
  });

  const withOwn = () => [extensionConfig({ name: "x", typedConfig: typedConfig(OWN, { name: "secret-content" }) })];

  it("R3 refuses a type that it does not know, and tells whose fault that is", async () => {
    const { poller } = withSnapshot(withOwn());
    const { status, text } = await poller.poll("extension_configs");
    expect(status).toBe(500);
    expect(text).toMatch(
      /^Cannot write "x" of .*TypedExtensionConfig as JSON: message type my\.own\.Filter is not among its types\n$/,
    );
    expect(poller.errors).toHaveLength(1);
    expect(poller.errors[0]).toMatchObject({ name: "JsonError", message: text.trimEnd() });
  });

  it("R3 writes out a type of the user's own", async () => {
    const { poller } = withSnapshot(withOwn(), { types: createRegistry(OWN) });
    expect((await poller.poll("extension_configs")).json?.resources).toMatchObject([
      { typedConfig: { "@type": "type.googleapis.com/my.own.Filter", name: "secret-content" } },
    ]);
  });

  it("R3 E4 refuses bytes that nobody can read, without a word of them, and serves on", async () => {
    const cache = new SnapshotCache();
    const bad = rawResource(CLUSTER_TYPE, "bad", new TextEncoder().encode("\xffsecret"));
    cache.setSnapshot("node", new Snapshot({ resources: [bad, A] }));
    const poller = new Poller({ cache });
    const { status, text } = await poller.poll("clusters");
    expect(status).toBe(500);
    expect(text).toBe(`Cannot write "bad" of ${CLUSTER_TYPE} as JSON: its content cannot be read\n`);
    expect((await poller.poll("endpoints")).status).toBe(200);
  });

  it("R3 does not tell a ttl, which no poll could renew", async () => {
    const { poller } = withSnapshot([cluster({ name: "a" }, { ttlMs: 1000 })]);
    expect((await poller.poll("clusters", { node: { id: "node", user_agent_name: "envoy" } })).json?.resources)
      .toEqual([{ "@type": CLUSTER_TYPE, name: "a" }]);
  });
});

describe("R4 304 is for what the client has", () => {
  it.each([
    ["a version of the user's", "1.0", "1.0"],
    ["a hash of the content", undefined, expect.stringMatching(/^[0-9a-f]{16}$/)],
  ])("R4 everything: %s", async (_, version, shown) => {
    const { poller } = withSnapshot([A, B], version === undefined ? {} : { version });
    const { json } = await poller.poll("endpoints");
    expect(json?.versionInfo).toEqual(shown);
    const again = await poller.poll("endpoints", { version_info: json?.versionInfo });
    expect(again).toMatchObject({ status: 304, text: "" });
    expect((await poller.poll("endpoints", { version_info: "0" })).status).toBe(200);
  });

  it("R4 more, fewer and other names at the same version are answered", async () => {
    const { poller } = withSnapshot([A, B], { version: "1.0" });
    let version: string | undefined;
    const ask = async (names: readonly string[]) => {
      const answer = await poller.poll("endpoints", { resource_names: names, version_info: version });
      if (answer.status === 200) version = answer.json?.versionInfo;
      return answer.status === 200 ? namesOf(answer) : answer.status;
    };
    expect(await ask(["a"])).toEqual(["a"]);
    expect(version).toMatch(/^1\.0~[0-9a-f]{16}$/);
    expect(await ask(["a"])).toBe(304);
    expect(await ask(["a", "b"])).toEqual(["a", "b"]);
    expect(await ask(["b", "a"])).toBe(304);
    expect(await ask(["b", "a", "a"])).toBe(304);
    expect(await ask(["b"])).toEqual(["b"]);
    expect(await ask([])).toEqual(["a", "b"]);
    expect(version).toBe("1.0");
    expect(await ask(["*"])).toBe(304);
    expect(await ask(["b"])).toEqual(["b"]);
  });

  it("R4 a change of what is not named is no change", async () => {
    const { poller, publish } = withSnapshot([A, B]);
    const { json } = await poller.poll("endpoints", { resource_names: ["a"] });
    const again = () => poller.poll("endpoints", { resource_names: ["a"], version_info: json?.versionInfo });
    publish([A]);
    expect((await again()).status).toBe(304);
    publish([endpoints({ clusterName: "a" })]);
    expect((await again()).status).toBe(200);
  });

  it("R4 another server with the same content agrees", async () => {
    const [one, two] = [withSnapshot([A, B]), withSnapshot([B, A])];
    for (const names of [["a"], []]) {
      const { json } = await one.poller.poll("endpoints", { resource_names: names });
      const request = { resource_names: names, version_info: json?.versionInfo };
      expect((await two.poller.poll("endpoints", request)).status).toBe(304);
    }
  });

  it("R4 S21 an empty set is an answer where absence is deletion", async () => {
    const { poller, publish } = withSnapshot([cluster({ name: "a" })]);
    const { json } = await poller.poll("clusters", { resource_names: ["a"] });
    publish([]);
    const request = { resource_names: ["a"], version_info: json?.versionInfo };
    expect(namesOf(await poller.poll("clusters", request))).toEqual([]);
    expect(namesOf(await poller.poll("clusters", { version_info: "x" }))).toEqual([]);
  });

  it("R4 S23 nothing is said of what does not exist where absence means nothing", async () => {
    const { poller, publish } = withSnapshot([A]);
    expect(await poller.poll("endpoints", { resource_names: ["b"] })).toMatchObject({ status: 304, text: "" });
    publish([A, B]);
    expect(namesOf(await poller.poll("endpoints", { resource_names: ["b"] }))).toEqual(["b"]);
  });
});

describe("R5 a poll cannot reject", () => {
  it("R5 an old version is answered again and again, and callbacks see that", async () => {
    const versions: string[] = [];
    const { poller, publish } = withSnapshot([A], {
      version: "1",
      callbacks: { onFetchRequest: (_, { versionInfo }) => void versions.push(versionInfo) },
    });
    publish([B], "2");
    for (let i = 0; i < 3; i++) {
      const { json } = await poller.poll("endpoints", { version_info: "1", error_detail: { message: "no" } });
      expect(json?.versionInfo).toBe("2");
    }
    expect(versions).toEqual(["1", "1", "1"]);
    expect(poller.errors).toEqual([]);
  });
});

describe("R6 what is wrong is said", () => {
  it("R6 a node that nothing is known of", async () => {
    const { poller } = withSnapshot([A]);
    const answer = await poller.poll("endpoints", { node: { id: "other" } });
    expect(answer).toMatchObject({
      status: 404,
      text: "Cannot respond: there is no configuration for this node\n",
    });
    expect(poller.errors).toEqual([]);
  });

  it("R6 a type that no cache has", async () => {
    const poller = new Poller({ cache: new MuxCache({ [CLUSTER_TYPE]: new LinearCache(CLUSTER_TYPE) }) });
    expect((await poller.poll("clusters")).status).toBe(200);
    expect((await poller.poll("endpoints")).status).toBe(404);
  });

  it("R6 T3 a type that is not the path's", async () => {
    const { poller } = withSnapshot([A]);
    const answer = await poller.poll("endpoints", { type_url: LISTENER_TYPE });
    expect(answer).toMatchObject({ status: 400, text: `this service serves ${ENDPOINT_TYPE} alone\n` });
  });

  it("R6 N3 no node", async () => {
    const { poller } = withSnapshot([A]);
    expect(await poller.poll("endpoints", "{}")).toMatchObject({ status: 400, text: "a request must have a node\n" });
  });

  it("R6 a server that is shut down", async () => {
    const { poller } = withSnapshot([A]);
    const waiting = poller.poll("endpoints", { node: { id: "other" } });
    poller.server.close();
    expect(await waiting).toMatchObject({ status: 503, text: "Server is shutting down\n" });
    expect(await poller.poll("endpoints")).toMatchObject({ status: 503 });
  });
});

describe("R7 a poll may wait", () => {
  it("R7 for a change of what it asks for", async () => {
    const { poller, publish, cache } = withSnapshot([A, B], { longPollMs: 60_000 });
    const { json } = await poller.poll("endpoints", { resource_names: ["a"] });
    const request = { resource_names: ["a"], version_info: json?.versionInfo };
    const waiting = poller.poll("endpoints", request);
    await watched(cache, 1);
    publish([A]); // not what is waited for
    publish([endpoints({ clusterName: "a" })]);
    expect((await waiting).json?.resources).toEqual([{ "@type": ENDPOINT_TYPE, clusterName: "a" }]);
    await watched(cache, 0);
  });

  it("R7 no longer than it may", async () => {
    const { poller, cache } = withSnapshot([A], { version: "1", longPollMs: 30 });
    const started = performance.now();
    expect(await poller.poll("endpoints", { version_info: "1" })).toMatchObject({ status: 304, text: "" });
    expect(performance.now() - started).toBeGreaterThan(25);
    await watched(cache, 0);
  });

  it("R7 for a first configuration", async () => {
    const { poller, cache } = withSnapshot([], { longPollMs: 60_000 });
    cache.clearSnapshot("node");
    const waiting = poller.poll("endpoints");
    await watched(cache, 1);
    cache.setSnapshot("node", new Snapshot({ resources: [A] }));
    expect(namesOf(await waiting)).toEqual(["a"]);
  });

  it("R7 and is answered when the server drains", async () => {
    const { poller, cache } = withSnapshot([A], { version: "1", longPollMs: 60_000 });
    const waiting = poller.poll("endpoints", { version_info: "1" });
    await watched(cache, 1);
    await poller.server.drain({ overMs: 0 });
    expect((await waiting).status).toBe(304);
  });

  it("R7 until its client has gone", async () => {
    const { poller, cache } = withSnapshot([A], { version: "1", longPollMs: 60_000 });
    const abort = new AbortController();
    const waiting = poller.poll("endpoints", { version_info: "1" }, { signal: abort.signal });
    await watched(cache, 1);
    abort.abort();
    expect((await waiting).status).toBe(499);
    await watched(cache, 0);
    expect(poller.errors).toEqual([]);
  });
});

describe("R8 names choose", () => {
  const names = ["a", "b", XDSTP, ...MEMBERS];
  const { poller } = withSnapshot(names.map((clusterName) => endpoints({ clusterName })));

  it.each<[string, readonly string[], readonly string[]]>([
    ["none: everything", [], names],
    ["the wildcard", ["*"], names],
    ["the wildcard beside a name", ["a", "*"], names],
    ["one", ["b"], ["b"]],
    ["one that does not exist beside one that does", ["b", "zzz"], ["b"]],
    ["one twice", ["b", "b"], ["b"]],
    ["X1 an xdstp name, whatever the order of its parameters", [`${EDS_NAMES}/c?a=1&b=2`], [XDSTP]],
    ["X4 a collection, beside a member of it", [`${EDS_NAMES}/folder/*`, MEMBERS[0]!], MEMBERS],
    ["X5 an empty collection beside a name", ["a", `${EDS_NAMES}/other/*`], ["a"]],
  ])("R8 %s", async (_, names, expected) => {
    expect(namesOf(await poller.poll("endpoints", { resource_names: names }))).toEqual(expected);
  });

  it.each<[string, object, number, string]>([
    ["many", { maxNames: 2 }, 429, "a request may have at most 2 names\n"],
    ["long", { maxNameLength: 2 }, 400, "a resource name may have at most 2 characters\n"],
  ])("R8 E5 names that are too %s", async (_, limits, status, text) => {
    const { poller } = withSnapshot([A], limits);
    expect(await poller.poll("endpoints", { resource_names: ["aaa", "b", "c"] })).toMatchObject({ status, text });
  });
});

describe("any cache can be polled", () => {
  it("R8 one that loads by name, piece by piece", async () => {
    const cache = cacheFrom(async function* ({ subscription }) {
      for (const name of subscription.names) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        yield { update: [endpoints({ clusterName: name })] };
      }
    });
    const poller = new Poller({ cache, fetchWaitMs: 10_000 });
    expect(namesOf(await poller.poll("endpoints", { resource_names: ["a", "b", "c"] }))).toEqual(["a", "b", "c"]);
  });

  it("R8 one that never gives all of it, for as long as may be", async () => {
    const cache = cacheFrom(async function* () {
      yield { update: [A] };
      await new Promise(() => {});
    });
    const poller = new Poller({ cache, fetchWaitMs: 20 });
    expect(namesOf(await poller.poll("endpoints", { resource_names: ["a", "b"] }))).toEqual(["a"]);
  });

  it("R6 one that fails", async () => {
    const cache: Cache = {
      watch() {
        throw new Error("password of the database");
      },
    };
    const poller = new Poller({ cache });
    expect(await poller.poll("endpoints")).toMatchObject({ status: 500, text: "Internal error\n" });
    expect(poller.errors).toMatchObject([{ message: "password of the database" }]);
  });

  it("a resource is written once, and so is an answer that many get", async () => {
    const { poller, publish } = withSnapshot([A]);
    const stringify = JSON.stringify;
    const written: unknown[] = [];
    JSON.stringify = ((value: { "@type"?: string }, ...rest: []) => {
      if (value?.["@type"] !== undefined) written.push(value["@type"]);
      return stringify(value, ...rest);
    }) as typeof JSON.stringify;
    try {
      for (const names of [[], [], ["a"], ["a", "b"]]) await poller.poll("endpoints", { resource_names: names });
      publish([A, B]);
      for (const names of [[], ["b"]]) await poller.poll("endpoints", { resource_names: names });
    } finally {
      JSON.stringify = stringify;
    }
    expect(written).toEqual([ENDPOINT_TYPE, ENDPOINT_TYPE]);
  });
});

function withSnapshot(
  resources: readonly Resource[],
  { version, ...options }: { readonly version?: string } & Partial<ConstructorParameters<typeof Poller>[0]> = {},
) {
  const cache = new SnapshotCache();
  const publish = (resources: readonly Resource[], as = version) => {
    cache.setSnapshot("node", new Snapshot({ resources, ...as !== undefined && { version: as } }));
  };
  publish(resources);
  return { cache, publish, poller: new Poller({ cache, ...options }) };
}

/** Waits until so many watches are open. */
async function watched(cache: SnapshotCache, watches: number): Promise<void> {
  await expect.poll(() => cache.status().flatMap(({ types }) => types).reduce((sum, type) => sum + type.watches, 0))
    .toBe(watches);
}
