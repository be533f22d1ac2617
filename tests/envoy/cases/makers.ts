import assert from "node:assert/strict";
import type { HttpResponse } from "../../../examples/demo/get.ts";
import {
  accessLog,
  dnsCluster,
  edsCluster,
  healthCheck,
  httpListener,
  routeConfig,
  staticCluster,
  tcpListener,
} from "../../../src/v3/mod.ts";
import type { Case } from "../case.ts";
import { type SeenRequest, startUpstream } from "../http-upstream.ts";
import { adminJson } from "../look.ts";
import type { World } from "../world.ts";

/** An Envoy that is configured by nothing but makers of the common thing. */
export const MAKERS: readonly Case[] = [
  {
    type: "all",
    name: "makers: routes by path, header, method and domain, to clusters by weight, with redirects and rewrites",
    async run(world) {
      await using upstreams = new AsyncDisposableStack();
      const a = upstreams.use(await startUpstream({ name: "a" }));
      const b = upstreams.use(await startUpstream({ name: "b" }));
      const { source } = world;
      world.publish([
        httpListener("web", { port: 0, address: "127.0.0.1", routes: "web", source }),
        httpListener("inline", { port: 0, address: "127.0.0.1", routes: { "/": "a", "/b": "b" } }),
        routeConfig("web", [
          { domains: ["only-b.test"], routes: { "/": "b" } },
          { domains: ["listed.test"], routes: LISTED },
          { domains: ["*"], routes: TABLE },
        ]),
        ...edsCluster("a", [a.host], { source }),
        ...edsCluster("b", [b.host], { source, serviceName: "hosts-of-b" }),
      ]);
      await world.startEnvoy();
      await world.reach("routes", async () => assert.equal(seenIn(await world.get("web", "/")).upstream, "a"));
      await world.reach("cluster b", async () => assert.equal(seenIn(await world.get("web", "/b")).upstream, "b"));
      await checkTable(world);
      await checkList(world);
      assert.equal(seenIn(await world.get("inline", "/c")).upstream, "a");
      assert.equal(seenIn(await world.get("inline", "/bcd")).upstream, "b");
    },
  },
  {
    type: "all",
    name: "makers: retries, timeouts and access logs",
    async run(world) {
      await using upstreams = new AsyncDisposableStack();
      const status = (path: string, count: number) => path === "/healthz" || count > 2 ? 200 : 503;
      const flaky = upstreams.use(await startUpstream({ name: "flaky", status }));
      world.publish([
        httpListener("web", {
          port: 0,
          address: "127.0.0.1",
          accessLog: [
            accessLog({ format: "LINE %RESPONSE_CODE% %PATH%" }),
            accessLog({ format: { status: "%RESPONSE_CODE%" } }),
          ],
          routes: {
            "/": "flaky",
            "/retried": { cluster: "flaky", retry: { attempts: 2, on: "5xx", perTryTimeout: "2s" }, timeout: 5_000 },
          },
        }),
        staticCluster("flaky", [flaky.host], { connectTimeout: "500ms" }),
      ]);
      await world.startEnvoy();
      await world.reach("a retried request", async () => {
        assert.equal((await world.get("web", "/retried/1")).status, 200);
      });
      assert.equal((await world.get("web", "/once")).status, 503);
      await world.reach("the access log", async () => {
        const lines = (await world.envoy.output()).split("\n");
        assert.ok(lines.includes("LINE 503 /once"), lines.join("\n"));
        assert.ok(lines.includes('{"status":503}'), lines.join("\n"));
      });
    },
  },
  {
    type: "all",
    name: "makers: health checks, priorities, TCP, and hosts by name",
    async run(world) {
      await using upstreams = new AsyncDisposableStack();
      let sick = true;
      const a = upstreams.use(await startUpstream({ name: "a", status: () => sick ? 503 : 200 }));
      const b = upstreams.use(await startUpstream({ name: "b" }));
      const { source } = world;
      const [, port] = b.host.split(":");
      world.publish([
        httpListener("web", { port: 0, address: "127.0.0.1", routes: { "/": "both", "/named": "named" } }),
        tcpListener("tcp", { port: 0, address: "127.0.0.1", cluster: { named: 1 }, tcp: { idleTimeout: "1m" } }),
        ...edsCluster("both", [
          { address: "127.0.0.1", port: a.port, locality: "here/first", weight: 2 },
          { address: "127.0.0.1", port: b.port, locality: { region: "there", weight: 7 }, priority: 1 },
        ], {
          source,
          healthChecks: [
            healthCheck({ path: "/healthz", interval: "100ms", unhealthyThreshold: 1, noTrafficInterval: "100ms" }),
          ],
        }),
        dnsCluster("named", [`localhost:${port}`], { healthChecks: [healthCheck({ interval: 500 })] }),
      ]);
      await world.startEnvoy();
      const upstreamOf = async (path: string) => seenIn(await world.get("web", path)).upstream;
      await world.reach("the second priority", async () => assert.equal(await upstreamOf("/"), "b"));
      await world.reach("a host by name", async () => assert.equal(await upstreamOf("/named"), "b"));
      assert.equal(seenIn(await world.get("tcp", "/over-tcp")).path, "/over-tcp");
      assert.deepEqual(await prioritiesOf(world, "both"), [["first", 0], ["", 1]]);
      sick = false;
      await world.reach("the first priority", async () => assert.equal(await upstreamOf("/"), "a"));
    },
  },
];

/** In an order in which the first one would hide all others. */
const TABLE = {
  "/": "a",
  "/b": "b",
  "/rewritten/": { cluster: "a", rewrite: { prefix: "/new/", host: "other.test" } },
  "/split": { clusters: { a: 1, b: 1 } },
  "/moved/": { redirect: { prefix: "/", host: "elsewhere.test", https: true, status: 308 } },
  "/said": { respond: { status: 418, body: "tea" } },
} as const;

async function checkTable(world: World): Promise<void> {
  const rewritten = seenIn(await world.get("web", "/rewritten/x"));
  assert.deepEqual([rewritten.path, rewritten.host], ["/new/x", "other.test"]);
  const met = new Set<string>();
  for (let i = 0; i < 40; i++) met.add(seenIn(await world.get("web", "/split")).upstream);
  assert.deepEqual([...met].toSorted(), ["a", "b"]);
  const moved = await world.get("web", "/moved/there?x=1");
  assert.deepEqual([moved.status, moved.headers.location], [308, "https://elsewhere.test/there?x=1"]);
  const said = await world.get("web", "/said");
  assert.deepEqual([said.status, said.body], [418, "tea"]);
}

const LISTED = [
  { path: "/exact", cluster: "b" },
  { regex: /\/v\d+\/.*/, cluster: "a", rewrite: { regex: { pattern: "^/v(\\d+)/", to: "/version-\\1/" } } },
  { headers: { "x-canary": true, "x-user": /t.*t/i }, cluster: "b" },
  { method: ["POST", "PUT"], respond: { status: 405 } },
  { query: { to: "b" }, cluster: "b" },
  { cluster: "a" },
];

async function checkList(world: World): Promise<void> {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    return seenIn(await world.get("web", path, { headers: { host: "listed.test", ...headers } }));
  };
  assert.equal((await get("/exact")).upstream, "b");
  assert.equal((await get("/exact/not")).upstream, "a");
  assert.equal((await get("/v12/x")).path, "/version-12/x");
  assert.equal((await get("/", { "x-canary": "1", "x-user": "TesT" })).upstream, "b");
  assert.equal((await get("/", { "x-canary": "1", "x-user": "tests" })).upstream, "a");
  assert.equal((await get("/?to=b")).upstream, "b");
  assert.equal((await get("/?to=a")).upstream, "a");
  assert.equal(seenIn(await world.get("web", "/", { headers: { host: "only-b.test" } })).upstream, "b");
}

function seenIn({ status, body }: HttpResponse): SeenRequest {
  assert.equal(status, 200, body);
  return JSON.parse(body) as SeenRequest;
}

/** The zones of the hosts of a cluster, with their priorities. */
async function prioritiesOf({ envoy }: World, name: string): Promise<[zone: string, priority: number][]> {
  const { cluster_statuses } = await adminJson<ClustersPage>(envoy, "/clusters?format=json");
  const hosts = cluster_statuses.find((each) => each.name === name)?.host_statuses ?? [];
  return hosts.map(({ locality, priority }) => [locality?.zone ?? "", priority ?? 0]);
}

interface ClustersPage {
  readonly cluster_statuses: readonly {
    readonly name: string;
    readonly host_statuses?: readonly { readonly locality?: { readonly zone?: string }; readonly priority?: number }[];
  }[];
}
