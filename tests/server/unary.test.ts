import { createRegistry } from "@bufbuild/protobuf";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Code, ConnectError, createClient, createRouterTransport, type Transport } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { ClusterDiscoveryService } from "../../gen/envoy/service/cluster/v3/cds_pb.ts";
import { EndpointDiscoveryService } from "../../gen/envoy/service/endpoint/v3/eds_pb.ts";
import { Snapshot, SnapshotCache } from "../../mod.ts";
import { listen, restListener, type RunningServer } from "../../src/node/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints, typedConfig } from "../../src/v3/mod.ts";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.ts";
import { frame } from "./raw-client.ts";
import { connect } from "node:http2";
import { NODE, PollClient } from "./poll-client.ts";

const cache = new SnapshotCache();
const A = cluster({
  name: "a",
  typedExtensionProtocolOptions: { x: typedConfig(RouterSchema, { startChildSpan: true }) },
});
cache.setSnapshot(
  "node",
  new Snapshot({ version: "1", resources: [A, endpoints({ clusterName: "a" }), endpoints({ clusterName: "b" })] }),
);
const polls = new PollClient({ cache, identifier: "me", maxRequestBytes: 20_000, requestTimeoutMs: 150 });
const { server } = polls;

let running: RunningServer;
/** A server of the user's own, with the routes on its router. */
let own: Server;
let rest: Server;

beforeAll(async () => {
  running = await listen(server, { port: 0 });
  own = createServer(connectNodeAdapter({ routes: server.routes })).listen(0, "127.0.0.1");
  rest = createServer(restListener(server)).listen(0, "127.0.0.1");
});

afterAll(async () => {
  await running.close();
  for (const http of [own, rest]) {
    http.closeAllConnections();
    http.close();
  }
});

const portOf = (http: Server) => (http.address() as AddressInfo).port;
const TRANSPORTS: readonly (readonly [string, () => Transport])[] = [
  ["gRPC, by listen()", () => createGrpcTransport({ baseUrl: `http://127.0.0.1:${running.port}` })],
  ["Connect, by a router", () => connectOver(portOf(own), true)],
  ["Connect with JSON, by a router", () => connectOver(portOf(own), false)],
  ["Connect, by restListener()", () => connectOver(portOf(rest), true)],
  ["Connect with JSON, by restListener()", () => connectOver(portOf(rest), false)],
  ["a router in the process", () => createRouterTransport(server.routes)],
];

describe.each(TRANSPORTS)("R9 unary Fetch over %s", (_, transport) => {
  it("R9 T1 responds as REST does", async () => {
    const client = createClient(EndpointDiscoveryService, transport());
    const response = await client.fetchEndpoints({ node: NODE, resourceNames: ["a"] });
    expect(response).toMatchObject({
      typeUrl: ENDPOINT_TYPE,
      versionInfo: expect.stringMatching(/^1~[0-9a-f]{16}$/),
      controlPlane: { identifier: "me" },
      resources: [{ typeUrl: ENDPOINT_TYPE }],
    });
    const { versionInfo } = response;
    const again = client.fetchEndpoints({ node: NODE, resourceNames: ["a"], versionInfo });
    await expect(again).rejects.toMatchObject({ code: Code.FailedPrecondition, rawMessage: /^Not modified/ });
    const grown = await client.fetchEndpoints({ node: NODE, resourceNames: ["a", "b"], versionInfo });
    expect(grown.resources).toHaveLength(2);
  });

  it("R9 sends the resource as it is", async () => {
    const { resources } = await createClient(ClusterDiscoveryService, transport()).fetchClusters({ node: NODE });
    expect(resources).toMatchObject([{ typeUrl: CLUSTER_TYPE }]);
    expect([...resources[0]!.value]).toEqual([...A.bytes]);
  });

  it.each([
    ["a node without configuration", { node: { id: "other" } }, Code.NotFound],
    ["no node", {}, Code.InvalidArgument],
    ["another type", { node: NODE, typeUrl: ENDPOINT_TYPE }, Code.InvalidArgument],
    ["a request that is too large", { node: { id: "x".repeat(30_000) } }, Code.ResourceExhausted],
  ])("R9 refuses %s", async (_, request, code) => {
    const client = createClient(ClusterDiscoveryService, transport());
    await expect(client.fetchClusters(request)).rejects.toMatchObject({ code });
  });
});

describe("R9 unary Fetch", () => {
  it("R9 is not served by Connect where listen() serves gRPC", async () => {
    const client = createClient(
      ClusterDiscoveryService,
      createConnectTransport({ baseUrl: `http://127.0.0.1:${running.port}`, httpVersion: "2" }),
    );
    const error = await client.fetchClusters({ node: NODE }).catch((error) => error);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.message).toContain("415");
  });

  it.each([[{ node: NODE }, 200], [{ node: NODE, versionInfo: "1" }, 400]])(
    "R9 is served by fetch",
    async (request, status) => {
      const path = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
      const response = await polls.poll(path, request);
      expect(response.status).toBe(status);
      if (status === 400) return expect(response.json).toMatchObject({ code: "failed_precondition" });
      expect(response.json?.resources).toEqual([{
        "@type": CLUSTER_TYPE,
        name: "a",
        typedExtensionProtocolOptions: {
          x: { "@type": `type.googleapis.com/${RouterSchema.typeName}`, startChildSpan: true },
        },
      }]);
    },
  );

  it.each(["application/proto", "application/json"])(
    "R9 refuses a body of %s that is none as invalid",
    async (type) => {
      const path = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
      const response = await polls.send(path, { method: "POST", headers: { "content-type": type }, body: "\0" });
      expect([response.status, response.json?.["code"]]).toEqual([400, "invalid_argument"]);
    },
  );

  it("R9 gives up on a slow request", async () => {
    const session = connect(`http://127.0.0.1:${running.port}`);
    try {
      const path = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
      const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
      stream.write(frame(new Uint8Array(10)).subarray(0, 8));
      const status = await new Promise((resolve, reject) => {
        stream.on("trailers", (trailers) => resolve(trailers["grpc-status"]));
        stream.on("response", (headers) => headers["grpc-status"] && resolve(headers["grpc-status"]));
        stream.on("error", reject).resume();
      });
      expect(status).toBe(String(Code.DeadlineExceeded));
    } finally {
      session.destroy();
    }
  });

  it("R9 has reported no fault in these tests", () => {
    expect(polls.errors).toEqual([]);
  });
});

function connectOver(port: number, useBinaryFormat: boolean): Transport {
  return createConnectTransport({
    baseUrl: `http://127.0.0.1:${port}`,
    httpVersion: "1.1",
    useBinaryFormat,
    jsonOptions: { registry: createRegistry(ClusterSchema, ClusterLoadAssignmentSchema, RouterSchema) },
  });
}
