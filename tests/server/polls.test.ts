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
  routeConfiguration,
  runtime,
  scopedRoute,
  secret,
  typedConfig,
} from "../../src/v3/mod.ts";
import { namesOf, PollClient } from "./poll-client.ts";

const A = endpoints({ clusterName: "a", endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", 1)] }] });
const B = endpoints({ clusterName: "b", endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", 2)] }] });
const EDS_NAMES = "xdstp://x/envoy.config.endpoint.v3.ClusterLoadAssignment";
const XDSTP = `${EDS_NAMES}/c?b=2&a=1`;
const MEMBERS = ["a", "b"].map((name) => `${EDS_NAMES}/folder/${name}`);

/** A message type of the user's own. */
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
  ["routes", routeConfiguration({ name: "a" })],
  ["scoped-routes", scopedRoute({ name: "a" })],
  ["endpoints", A],
  ["secrets", secret({ name: "a" })],
  ["runtime", runtime({ name: "a" })],
  ["extension_configs", extensionConfig({ name: "a" })],
];

describe("R1 each type has its path", () => {
  // Secrets are not served to just anyone.
  const { client } = withSnapshot(PATHS.map(([, resource]) => resource), { authorize: () => true });

  it.each(PATHS)("R1 /v3/discovery:%s", async (path, resource) => {
    const response = await client.poll(path);
    expect(response.status).toBe(200);
    expect(response.json).toMatchObject({ typeUrl: resource.typeUrl, resources: [{ "@type": resource.typeUrl }] });
    expect(namesOf(response)).toEqual(["a"]);
  });

  it.each(["ads", "virtual-hosts", "client_status", "Clusters", ""])("R1 R6 no /v3/discovery:%s", async (path) => {
    expect(await client.poll(path)).toMatchObject({ status: 404, text: "Cannot serve request: no such path\n" });
  });

  it("R1 serves v2 from its table, at its paths and with its names", async () => {
    const cache = new SnapshotCache();
    cache.setSnapshot("node", new Snapshot({ resources: [v2.asV2(cluster({ name: "a" }))] }));
    const client = new PollClient({ cache, api: v2.v2 });
    expect((await client.poll("/v2/discovery:clusters")).json).toMatchObject({
      typeUrl: v2.CLUSTER_TYPE,
      resources: [{ "@type": v2.CLUSTER_TYPE, name: "a" }],
    });
    expect((await client.poll("/v3/discovery:clusters")).status).toBe(404);
  });
});

describe("R2 a request is read as proto3 JSON", () => {
  const { client } = withSnapshot([A, B], { version: "1" });

  it.each<[string, object]>([
    ["snake_case", { version_info: "0", resource_names: ["a"], type_url: ENDPOINT_TYPE }],
    ["camelCase", { versionInfo: "0", resourceNames: ["a"], typeUrl: ENDPOINT_TYPE }],
    ["resource_locators", { resource_locators: [{ name: "a", dynamic_parameters: { x: "y" } }] }],
    ["resourceLocators", { resourceLocators: [{ name: "a" }] }],
    ["unknown fields", { resource_names: ["a"], later: { deep: [1] }, node: { id: "node", later: [{}] } }],
    ["fields that a poll has no use for", {
      resource_names: ["a"],
      response_nonce: "1",
      error_detail: { code: 3, details: [{ "@type": "type.googleapis.com/unknown.Type" }] },
    }],
    ["null for fields that are not set", {
      resource_names: ["a"],
      version_info: null,
      type_url: null,
      error_detail: null,
    }],
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
    expect(namesOf(await client.poll("endpoints", request))).toEqual(["a"]);
  });

  it("R2 shows callbacks the node without its extensions", async () => {
    const seen: unknown[] = [];
    const client = new PollClient({
      cache: new LinearCache(CLUSTER_TYPE),
      callbacks: { onFetchRequest: ({ node }) => void seen.push(node) },
    });
    await client.poll("clusters", { node: { id: "x", user_agent_name: "envoy", extensions: [{ name: "y" }] } });
    expect(seen).toMatchObject([{ id: "x", userAgentName: "envoy", extensions: [] }]);
  });
});

describe("R3 a response is proto3 JSON", () => {
  it("R3 has a content type, a length, and the identifier of the server", async () => {
    const { client } = withSnapshot([A], { version: "7", identifier: "me" });
    const { status, headers, text, json } = await client.poll("endpoints");
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
    const { client } = withSnapshot([extensionConfig({ name: "x", typedConfig: typedConfig(schema, init) })]);
    const response = await client.poll("extension_configs");
    expect(response.json?.resources).toEqual([{
      "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
      name: "x",
      typedConfig: { "@type": `type.googleapis.com/${schema.typeName}`, ...json },
    }]);
  });

  const withOwn = () => [extensionConfig({ name: "x", typedConfig: typedConfig(OWN, { name: "secret-content" }) })];

  it("R3 refuses a resource with an unknown type inside, and reports that as a fault", async () => {
    const { client } = withSnapshot(withOwn());
    const { status, text } = await client.poll("extension_configs");
    expect(status).toBe(500);
    expect(text).toMatch(
      /^Cannot write "x" of .*TypedExtensionConfig as JSON: message type my\.own\.Filter is not among its types\n$/,
    );
    expect(client.errors).toHaveLength(1);
    expect(client.errors[0]).toMatchObject({ name: "JsonError", message: text.trimEnd() });
  });

  it("R3 writes out a type of the user's own", async () => {
    const { client } = withSnapshot(withOwn(), { types: createRegistry(OWN) });
    expect((await client.poll("extension_configs")).json?.resources).toMatchObject([
      { typedConfig: { "@type": "type.googleapis.com/my.own.Filter", name: "secret-content" } },
    ]);
  });

  it("R3 E4 refuses a resource that cannot be decoded, without repeating its content, and serves other types", async () => {
    const cache = new SnapshotCache();
    const bad = rawResource(CLUSTER_TYPE, "bad", new TextEncoder().encode("\xffsecret"));
    cache.setSnapshot("node", new Snapshot({ resources: [bad, A] }));
    const client = new PollClient({ cache });
    const { status, text } = await client.poll("clusters");
    expect(status).toBe(500);
    expect(text).toBe(`Cannot write "bad" of ${CLUSTER_TYPE} as JSON: its content cannot be read\n`);
    expect((await client.poll("endpoints")).status).toBe(200);
  });

  it("R3 sends no ttl, since a poll has no heartbeats", async () => {
    const { client } = withSnapshot([cluster({ name: "a" }, { ttlMs: 1000 })]);
    expect((await client.poll("clusters", { node: { id: "node", user_agent_name: "envoy" } })).json?.resources)
      .toEqual([{ "@type": CLUSTER_TYPE, name: "a" }]);
  });
});

describe("R4 304 is for clients that are up to date", () => {
  it.each([
    ["a version given by the user", "1.0", "1.0"],
    ["a hash of the content", undefined, expect.stringMatching(/^[0-9a-f]{16}$/)],
  ])("R4 everything: %s", async (_, version, shown) => {
    const { client } = withSnapshot([A, B], version === undefined ? {} : { version });
    const { json } = await client.poll("endpoints");
    expect(json?.versionInfo).toEqual(shown);
    const again = await client.poll("endpoints", { version_info: json?.versionInfo });
    expect(again).toMatchObject({ status: 304, text: "" });
    expect((await client.poll("endpoints", { version_info: "0" })).status).toBe(200);
  });

  it("R4 more, fewer and other names at the same version get a response", async () => {
    const { client } = withSnapshot([A, B], { version: "1.0" });
    let version: string | undefined;
    const poll = async (names: readonly string[]) => {
      const response = await client.poll("endpoints", { resource_names: names, version_info: version });
      if (response.status === 200) version = response.json?.versionInfo;
      return response.status === 200 ? namesOf(response) : response.status;
    };
    expect(await poll(["a"])).toEqual(["a"]);
    expect(version).toMatch(/^1\.0~[0-9a-f]{16}$/);
    expect(await poll(["a"])).toBe(304);
    expect(await poll(["a", "b"])).toEqual(["a", "b"]);
    expect(await poll(["b", "a"])).toBe(304);
    expect(await poll(["b", "a", "a"])).toBe(304);
    expect(await poll(["b"])).toEqual(["b"]);
    expect(await poll([])).toEqual(["a", "b"]);
    expect(version).toBe("1.0");
    expect(await poll(["*"])).toBe(304);
    expect(await poll(["b"])).toEqual(["b"]);
  });

  it("R4 a change of other resources than those requested is no change", async () => {
    const { client, publish } = withSnapshot([A, B]);
    const { json } = await client.poll("endpoints", { resource_names: ["a"] });
    const again = () => client.poll("endpoints", { resource_names: ["a"], version_info: json?.versionInfo });
    publish([A]);
    expect((await again()).status).toBe(304);
    publish([endpoints({ clusterName: "a" })]);
    expect((await again()).status).toBe(200);
  });

  it("R4 another server with the same content has the same versions", async () => {
    const [one, two] = [withSnapshot([A, B]), withSnapshot([B, A])];
    for (const names of [["a"], []]) {
      const { json } = await one.client.poll("endpoints", { resource_names: names });
      const request = { resource_names: names, version_info: json?.versionInfo };
      expect((await two.client.poll("endpoints", request)).status).toBe(304);
    }
  });

  it("R4 S21 an empty set gets a response where absence is deletion", async () => {
    const { client, publish } = withSnapshot([cluster({ name: "a" })]);
    const { json } = await client.poll("clusters", { resource_names: ["a"] });
    publish([]);
    const request = { resource_names: ["a"], version_info: json?.versionInfo };
    expect(namesOf(await client.poll("clusters", request))).toEqual([]);
    expect(namesOf(await client.poll("clusters", { version_info: "x" }))).toEqual([]);
  });

  it("R4 S23 missing resources are not reported where absence means nothing", async () => {
    const { client, publish } = withSnapshot([A]);
    expect(await client.poll("endpoints", { resource_names: ["b"] })).toMatchObject({ status: 304, text: "" });
    publish([A, B]);
    expect(namesOf(await client.poll("endpoints", { resource_names: ["b"] }))).toEqual(["b"]);
  });
});

describe("R5 a poll cannot NACK", () => {
  it("R5 an old version gets the same response each time, and callbacks see the version", async () => {
    const versions: string[] = [];
    const { client, publish } = withSnapshot([A], {
      version: "1",
      callbacks: { onFetchRequest: (_, { versionInfo }) => void versions.push(versionInfo) },
    });
    publish([B], "2");
    for (let i = 0; i < 3; i++) {
      const { json } = await client.poll("endpoints", { version_info: "1", error_detail: { message: "no" } });
      expect(json?.versionInfo).toBe("2");
    }
    expect(versions).toEqual(["1", "1", "1"]);
    expect(client.errors).toEqual([]);
  });
});

describe("R6 refusals give their reason", () => {
  it("R6 a node without configuration", async () => {
    const { client } = withSnapshot([A]);
    const response = await client.poll("endpoints", { node: { id: "other" } });
    expect(response).toMatchObject({
      status: 404,
      text: "Cannot respond: there is no configuration for this node\n",
    });
    expect(client.errors).toEqual([]);
  });

  it("R6 a type that no cache serves", async () => {
    const client = new PollClient({ cache: new MuxCache({ [CLUSTER_TYPE]: new LinearCache(CLUSTER_TYPE) }) });
    expect((await client.poll("clusters")).status).toBe(200);
    expect((await client.poll("endpoints")).status).toBe(404);
  });

  it("R6 T3 another type than that of the path", async () => {
    const { client } = withSnapshot([A]);
    const response = await client.poll("endpoints", { type_url: LISTENER_TYPE });
    expect(response).toMatchObject({ status: 400, text: `this service serves ${ENDPOINT_TYPE} alone\n` });
  });

  it("R6 N3 no node", async () => {
    const { client } = withSnapshot([A]);
    expect(await client.poll("endpoints", "{}")).toMatchObject({ status: 400, text: "a request must have a node\n" });
  });

  it("R6 a server that is shut down", async () => {
    const { client } = withSnapshot([A]);
    const waiting = client.poll("endpoints", { node: { id: "other" } });
    client.server.close();
    expect(await waiting).toMatchObject({ status: 503, text: "Server is shutting down\n" });
    expect(await client.poll("endpoints")).toMatchObject({ status: 503 });
  });
});

describe("R7 a poll may wait", () => {
  it("R7 for a change of the resources that it requests", async () => {
    const { client, publish, cache } = withSnapshot([A, B], { longPollMs: 60_000 });
    const { json } = await client.poll("endpoints", { resource_names: ["a"] });
    const request = { resource_names: ["a"], version_info: json?.versionInfo };
    const waiting = client.poll("endpoints", request);
    await watched(cache, 1);
    publish([A]); // no change of a
    publish([endpoints({ clusterName: "a" })]);
    expect((await waiting).json?.resources).toEqual([{ "@type": ENDPOINT_TYPE, clusterName: "a" }]);
    await watched(cache, 0);
  });

  it("R7 for no longer than longPollMs", async () => {
    const { client, cache } = withSnapshot([A], { version: "1", longPollMs: 30 });
    const started = performance.now();
    expect(await client.poll("endpoints", { version_info: "1" })).toMatchObject({ status: 304, text: "" });
    expect(performance.now() - started).toBeGreaterThan(25);
    await watched(cache, 0);
  });

  it("R7 for the first snapshot of its node", async () => {
    const { client, cache } = withSnapshot([], { longPollMs: 60_000 });
    cache.clearSnapshot("node");
    const waiting = client.poll("endpoints");
    await watched(cache, 1);
    cache.setSnapshot("node", new Snapshot({ resources: [A] }));
    expect(namesOf(await waiting)).toEqual(["a"]);
  });

  it("R7 and gets a response when the server drains", async () => {
    const { client, cache } = withSnapshot([A], { version: "1", longPollMs: 60_000 });
    const waiting = client.poll("endpoints", { version_info: "1" });
    await watched(cache, 1);
    await client.server.drain({ overMs: 0 });
    expect((await waiting).status).toBe(304);
  });

  it("R7 until its client disconnects", async () => {
    const { client, cache } = withSnapshot([A], { version: "1", longPollMs: 60_000 });
    const abort = new AbortController();
    const waiting = client.poll("endpoints", { version_info: "1" }, { signal: abort.signal });
    await watched(cache, 1);
    abort.abort();
    expect((await waiting).status).toBe(499);
    await watched(cache, 0);
    expect(client.errors).toEqual([]);
  });
});

describe("R8 names select resources", () => {
  const names = ["a", "b", XDSTP, ...MEMBERS];
  const { client } = withSnapshot(names.map((clusterName) => endpoints({ clusterName })));

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
    expect(namesOf(await client.poll("endpoints", { resource_names: names }))).toEqual(expected);
  });

  it.each<[string, object, number, string]>([
    ["many", { maxNames: 2 }, 429, "a request may have at most 2 names\n"],
    ["long", { maxNameLength: 2 }, 400, "a resource name may have at most 2 characters\n"],
  ])("R8 E5 names that are too %s", async (_, limits, status, text) => {
    const { client } = withSnapshot([A], limits);
    expect(await client.poll("endpoints", { resource_names: ["aaa", "b", "c"] })).toMatchObject({ status, text });
  });
});

describe("any cache can be polled", () => {
  it("R8 one that loads by name, in several steps", async () => {
    const cache = cacheFrom(async function* ({ subscription }) {
      for (const name of subscription.names) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        yield { update: [endpoints({ clusterName: name })] };
      }
    });
    const client = new PollClient({ cache, fetchWaitMs: 10_000 });
    expect(namesOf(await client.poll("endpoints", { resource_names: ["a", "b", "c"] }))).toEqual(["a", "b", "c"]);
  });

  it("R8 one that never loads all names, within fetchWaitMs", async () => {
    const cache = cacheFrom(async function* () {
      yield { update: [A] };
      await new Promise(() => {});
    });
    const client = new PollClient({ cache, fetchWaitMs: 20 });
    expect(namesOf(await client.poll("endpoints", { resource_names: ["a", "b"] }))).toEqual(["a"]);
  });

  it("R6 one that throws", async () => {
    const cache: Cache = {
      watch() {
        throw new Error("password of the database");
      },
    };
    const client = new PollClient({ cache });
    expect(await client.poll("endpoints")).toMatchObject({ status: 500, text: "Internal error\n" });
    expect(client.errors).toMatchObject([{ message: "password of the database" }]);
  });

  it("a resource is written once, and so is a response to everything", async () => {
    const { client, publish } = withSnapshot([A]);
    const stringify = JSON.stringify;
    const written: unknown[] = [];
    JSON.stringify = ((value: { "@type"?: string }, ...rest: []) => {
      if (value?.["@type"] !== undefined) written.push(value["@type"]);
      return stringify(value, ...rest);
    }) as typeof JSON.stringify;
    try {
      for (const names of [[], [], ["a"], ["a", "b"]]) await client.poll("endpoints", { resource_names: names });
      publish([A, B]);
      for (const names of [[], ["b"]]) await client.poll("endpoints", { resource_names: names });
    } finally {
      JSON.stringify = stringify;
    }
    expect(written).toEqual([ENDPOINT_TYPE, ENDPOINT_TYPE]);
  });
});

function withSnapshot(
  resources: readonly Resource[],
  { version, ...options }: { readonly version?: string } & Partial<ConstructorParameters<typeof PollClient>[0]> = {},
) {
  const cache = new SnapshotCache();
  const publish = (resources: readonly Resource[], as = version) => {
    cache.setSnapshot("node", new Snapshot({ resources, ...as !== undefined && { version: as } }));
  };
  publish(resources);
  return { cache, publish, client: new PollClient({ cache, ...options }) };
}

/** Waits until so many watches are open. */
async function watched(cache: SnapshotCache, watches: number): Promise<void> {
  await expect.poll(() => cache.status().flatMap(({ types }) => types).reduce((sum, type) => sum + type.watches, 0))
    .toBe(watches);
}
