import type { IncomingHttpHeaders } from "node:http2";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientReadableStream, credentials, status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
} from "../../gen/grpc/health/v1/health_pb.ts";
import {
  type Authorize,
  createDiscoveryServer,
  type DiscoveryServerOptions,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { v3 } from "../../src/v3/table.ts";
import { ADS_SOTW, GrpcClient } from "./grpc-client.ts";
import { frame, RawClient } from "./raw-client.ts";

const CDS = "envoy.service.cluster.v3.ClusterDiscoveryService";

it("health is not served unless it is asked for", async () => {
  await using world = await open({ health: false });
  expect(await world.check("")).toBe("UNIMPLEMENTED");
});

it("health knows the server and each service that it serves, and no others", async () => {
  await using world = await open();
  expect(await world.check("")).toBe(Status.SERVING);
  expect(await world.check(CDS)).toBe(Status.SERVING);
  expect(await world.check("other.Service")).toBe("NOT_FOUND");
});

it("health lists all services", async () => {
  await using world = await open();
  const list = fromBinary(HealthListResponseSchema, await world.call("List", encode({ service: "" })) as Uint8Array);
  expect(Object.keys(list.statuses).sort()).toEqual(["", ...v3.services.map(({ service }) => service.typeName)].sort());
  expect(new Set(Object.values(list.statuses).map((each) => each.status))).toEqual(new Set([Status.SERVING]));
});

it("a watch gets the present status, NOT_SERVING as soon as the server drains, and its end", async () => {
  await using world = await open();
  using ads = new GrpcClient(world.port);
  const stream = ads.sotw(ADS_SOTW);
  stream.send({ typeUrl: CLUSTER_TYPE, node: { id: "node" } });
  await stream.next();
  const watch = world.watch(CDS);
  await watch.received(1);
  const drained = world.server.drain({ overMs: 200 });
  await watch.received(2);
  expect(watch.statuses).toEqual([Status.SERVING, Status.NOT_SERVING]);
  expect(await world.check("")).toBe(Status.NOT_SERVING);
  await drained;
  expect(await watch.ended).toBe("UNAVAILABLE");
});

it("a watch gets NOT_SERVING before its end where there is no stream to drain", async () => {
  await using world = await open();
  const watch = world.watch("");
  await watch.received(1);
  await world.server.drain();
  expect(await watch.ended).toBe("UNAVAILABLE");
  expect(watch.statuses).toEqual([Status.SERVING, Status.NOT_SERVING]);
});

it("health does not serve before the configuration is loaded", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using world = await open({ ready: promise });
  const watch = world.watch("");
  await watch.received(1);
  expect(await world.check(CDS)).toBe(Status.NOT_SERVING);
  resolve();
  await watch.received(2);
  expect(watch.statuses).toEqual([Status.NOT_SERVING, Status.SERVING]);
});

it("a watch of an unknown service stays open", async () => {
  await using world = await open();
  const watch = world.watch("other.Service");
  await watch.received(1);
  expect(watch.statuses).toEqual([Status.SERVICE_UNKNOWN]);
  watch.cancel();
  expect(await watch.ended).toBe("CANCELLED");
});

it("health is behind authorize, by its method", async () => {
  const methods: string[] = [];
  const authorize: Authorize = ({ method, typeUrl, names, node }) => {
    methods.push(`${method} ${JSON.stringify([typeUrl, names, node.id])}`);
    return !method.endsWith("/Watch");
  };
  await using world = await open({ authorize });
  expect(await world.check(CDS)).toBe(Status.SERVING);
  expect(await world.watch("").ended).toBe("PERMISSION_DENIED");
  expect(methods).toEqual([
    `/grpc.health.v1.Health/Check ["",["${CDS}"],""]`,
    `/grpc.health.v1.Health/Watch ["",[""],""]`,
  ]);
});

it("an open watch ends when its access is revoked", async () => {
  let isAllowed = true;
  await using world = await open({ authorize: () => isAllowed });
  const watch = world.watch("");
  await watch.received(1);
  isAllowed = false;
  await world.server.reauthorize();
  expect(await watch.ended).toBe("PERMISSION_DENIED");
});

it.each([
  ["no message", [], "3"],
  ["two messages", [frame(encode({ service: "" })), frame(encode({ service: "" }))], "12"],
  ["bytes that are no message", [frame(Uint8Array.of(255, 255))], "3"],
  ["a part of a message", [frame(encode({ service: CDS })).subarray(0, 9)], "3"],
  ["a compressed message", [Uint8Array.of(1, 0, 0, 0, 0)], "12"],
])("a check with %s gets status", async (_, frames, expected) => {
  await using world = await open();
  await using client = new RawClient(`http://127.0.0.1:${world.port}`);
  const stream = client.open({ ":path": "/grpc.health.v1.Health/Check" });
  stream.http.end(Buffer.concat(frames));
  expect((await stream.ended)["grpc-status"]).toBe(expected);
});

it("a check that its client does not half-close ends with its response", async () => {
  await using world = await open();
  await using client = new RawClient(`http://127.0.0.1:${world.port}`);
  const http = client.session.request({
    ":method": "POST",
    ":path": "/grpc.health.v1.Health/Check",
    "content-type": "application/grpc",
  });
  http.write(frame(encode({ service: "" })));
  http.resume();
  const trailers = await new Promise<IncomingHttpHeaders>((resolve) => http.once("trailers", resolve));
  expect(trailers["grpc-status"]).toBe("0");
});

it("calls of health are no discovery streams, and leave nothing behind", async () => {
  await using world = await open();
  const watch = world.watch("");
  await watch.received(1);
  expect(world.server.streams).toEqual([]);
  watch.cancel();
  await watch.ended;
  expect(world.server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 0 });
});

function encode(init: { service: string }): Uint8Array {
  return toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, init));
}

/** A server with health, and a client of it. */
async function open(options: Partial<DiscoveryServerOptions> = {}) {
  const cache = new SnapshotCache();
  cache.setSnapshot("node", new Snapshot({ resources: [] }));
  const server = createDiscoveryServer({ cache, log: false, health: true, ...options });
  const { port, close } = await listen(server, { port: 0 });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const call = (method: string, request: Uint8Array): Promise<Uint8Array | string> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(`/grpc.health.v1.Health/${method}`, Buffer.from, pass, request, (error, response) => {
        resolve(error ? status[error.code]! : response!);
      });
    });
  return {
    server,
    port,
    call,
    async check(service: string): Promise<Status | string> {
      const response = await call("Check", encode({ service }));
      return typeof response === "string" ? response : fromBinary(HealthCheckResponseSchema, response).status;
    },
    watch: (service: string) =>
      new HealthWatch(
        client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", Buffer.from, pass, encode({ service })),
      ),
    async [Symbol.asyncDispose]() {
      client.close();
      await close();
    },
  };
}

function pass(bytes: Uint8Array): Uint8Array {
  return bytes;
}

class HealthWatch {
  readonly statuses: Status[] = [];
  readonly ended: Promise<string>;
  readonly #call: ClientReadableStream<Uint8Array>;
  #more = (): void => {};

  constructor(call: ClientReadableStream<Uint8Array>) {
    this.#call = call;
    call.on("data", (bytes: Uint8Array) => {
      this.statuses.push(fromBinary(HealthCheckResponseSchema, bytes).status);
      this.#more();
    });
    call.on("error", () => {});
    this.ended = new Promise((resolve) => call.on("status", ({ code }) => resolve(status[code]!)));
  }

  async received(count: number): Promise<void> {
    while (this.statuses.length < count) await new Promise<void>((resolve) => this.#more = resolve);
  }

  cancel(): void {
    this.#call.cancel();
  }
}
