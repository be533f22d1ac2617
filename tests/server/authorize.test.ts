import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import {
  type Authorization,
  type AuthorizationRequest,
  type Authorize,
  type Cache,
  type DiscoveryServerOptions,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { acceptorOf } from "../../src/server/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints, ROUTE_TYPE } from "../../src/v3/mod.ts";
import { DELTA_PATH, frame, SOTW_PATH } from "./raw-client.ts";
import { PollClient } from "./poll-client.ts";

describe("authorize is called", () => {
  it("for the first request, each new type and each addition of names; not for an ACK", () => {
    const { stream, asked } = open({ authorize: () => true });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    stream.sotw({ typeUrl: CLUSTER_TYPE, responseNonce: "1" });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["x"] });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["x"], responseNonce: "1" });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["x", "y"] });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["y"] });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["y", "x"] });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["*", "x", "y"] });
    expect(asked()).toEqual([
      "Cluster *",
      "ClusterLoadAssignment x",
      "ClusterLoadAssignment y",
      "ClusterLoadAssignment x",
      "ClusterLoadAssignment *",
    ]);
  });

  it("in delta too, and with xdstp: names in normal form", () => {
    const { stream, asked } = open({ authorize: () => true, path: DELTA_PATH });
    const [name, again] = ["xdstp://td/envoy/x?b=1&a=2", "xdstp://td/envoy/x?a=2&b=1"];
    stream.delta({ typeUrl: ENDPOINT_TYPE, node: { id: "a" }, resourceNamesSubscribe: [name] });
    stream.delta({ typeUrl: ENDPOINT_TYPE, resourceNamesSubscribe: [again] });
    stream.delta({ typeUrl: ENDPOINT_TYPE, resourceNamesUnsubscribe: [again] });
    stream.delta({ typeUrl: ENDPOINT_TYPE, resourceNamesSubscribe: ["x", name] });
    stream.delta({ typeUrl: CLUSTER_TYPE });
    expect(asked()).toEqual([`ClusterLoadAssignment ${again}`, `ClusterLoadAssignment x,${again}`, "Cluster *"]);
  });

  it("for all that a stream has, when its node changes", () => {
    const { stream, asked } = open({ authorize: () => true });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["x"] });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    expect(asked()).toEqual(["Cluster *", "ClusterLoadAssignment x"]);
    stream.sotw({ typeUrl: ROUTE_TYPE, resourceNames: ["r"], node: { id: "a", cluster: "other" } });
    expect(asked().slice(2)).toEqual(["Cluster *", "ClusterLoadAssignment x", "RouteConfiguration r"]);
  });

  it("before any callback, and before a cache sees the client", async () => {
    const { stream, server, watches } = open({ authorize: () => false, callbacks: { onRequest: () => expect.fail() } });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    expect(stream.status).toEqual(["7", "Permission denied"]);
    expect(server.status()).toMatchObject({ streams: [], authorization: { denied: 1, failed: 0, revoked: 0 } });
    expect(watches()).toBe(0);
  });

  it("with what is known of the client", () => {
    const requests: AuthorizationRequest[] = [];
    const { stream } = open({ authorize: (request) => void requests.push(request) });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a", cluster: "c" } });
    expect(requests).toMatchObject([{
      peer: "192.0.2.1:5",
      certificate: undefined,
      node: { id: "a", cluster: "c" },
      typeUrl: CLUSTER_TYPE,
      names: ["*"],
      method: SOTW_PATH,
    }]);
    expect(requests[0]!.headers.get("authorization")).toBe("token");
  });
});

describe("a decision", () => {
  const SECRET = "the reason, which is a secret";
  const unauthenticated = new ConnectError("No token", Code.Unauthenticated);

  it.each<[string, () => Authorization | Promise<Authorization>, string[], boolean]>([
    ["false", () => false, ["7", "Permission denied"], false],
    ["a text", () => SECRET, ["7", "Permission denied"], false],
    ["an error", () => new Error(SECRET), ["7", "Permission denied"], false],
    ["an error for clients", () => unauthenticated, ["16", "No token"], false],
    ["a thrown error for clients", () => raise(unauthenticated), ["16", "No token"], false],
    ["a thrown error", () => raise(new Error(SECRET)), ["7", "Permission denied"], true],
    ["a thrown null", () => raise(null), ["7", "Permission denied"], true],
    ["a thrown proxy", () => raise(hostile()), ["7", "Permission denied"], true],
    ["null", () => null as never, ["7", "Permission denied"], true],
    ["a number", () => 1 as never, ["7", "Permission denied"], true],
    ["an object", () => ({}) as never, ["7", "Permission denied"], true],
    ["a proxy", () => hostile() as never, ["7", "Permission denied"], true],
  ])("that is %s denies", async (_, decide, status, isFault) => {
    for (const authorize of [decide, async () => await decide()]) {
      const { stream, server, errors } = open({ authorize });
      stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
      await expect.poll(() => stream.status).toEqual(status);
      expect(errors).toHaveLength(isFault ? 1 : 0);
      expect(server.status().authorization).toEqual({ denied: 1, failed: isFault ? 1 : 0, revoked: 0 });
    }
  });

  it.each<[string, Authorize]>([
    ["true", () => true],
    ["nothing", () => {}],
    ["a promise of true", () => Promise.resolve(true)],
    ["a promise of nothing", async () => {}],
  ])("that is %s allows", async (_, authorize) => {
    const { stream } = open({ authorize });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    await expect.poll(() => stream.frames).toBe(1);
  });

  it("that never comes denies after a time", async () => {
    const { stream, errors } = open({ authorize: () => new Promise(() => {}), authorizeTimeoutMs: 1 });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    await expect.poll(() => stream.status).toEqual(["7", "Permission denied"]);
    expect(String(errors[0])).toContain("no decision within 1 ms");
  });

  it("is logged with its reason, some times a second", () => {
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => void lines.push(line), error: () => expect.fail() };
    for (let i = 0; i < 2; i++) {
      const { stream } = open({ authorize: () => "no\nway", log });
      stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    }
    expect(lines).toEqual(["DENIED a: no\\u000away", "DENIED a: no\\u000away"]);
  });
});

describe("while a stream waits for a decision", () => {
  it("requests behind it stay in order, and no more are read", async () => {
    const decisions: PromiseWithResolvers<Authorization>[] = [];
    const authorize = () => (decisions[decisions.length] = Promise.withResolvers<Authorization>()).promise;
    const seen: string[] = [];
    const { stream } = open({ authorize, callbacks: { onRequest: (_, { names }) => void seen.push(names.join()) } });
    const many = Array.from({ length: 20 }, (_, i) => `n${i}`);
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["first"], node: { id: "a" } });
    for (const name of many) stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: [name] });
    expect([seen, decisions.length, stream.isPaused]).toEqual([[], 1, true]);
    for (let i = 0; i <= many.length; i++) {
      await expect.poll(() => decisions.length, { interval: 1 }).toBe(i + 1);
      decisions[i]!.resolve(true);
    }
    await expect.poll(() => stream.isPaused).toBe(false);
    expect(seen).toEqual(["first", ...many]);
  });

  it("half-closing does not end it before its responses", async () => {
    const decision = Promise.withResolvers<Authorization>();
    const { stream } = open({ authorize: () => decision.promise });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    stream.served.bodyEnded();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stream.status).toBeUndefined();
    decision.resolve(true);
    await expect.poll(() => stream.status?.[0]).toBe("0");
    expect(stream.frames).toBe(1);
  });

  it("it may end, and what is decided then changes nothing", async () => {
    const decision = Promise.withResolvers<Authorization>();
    const { stream, watches, errors } = open({ authorize: () => decision.promise });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    stream.served.disconnected();
    decision.reject(new Error("late"));
    await expect.poll(() => errors.length).toBe(1);
    expect(watches()).toBe(0);
  });

  it("others are served", async () => {
    const { stream, again } = open({ authorize: ({ node }) => node.id === "a" || new Promise(() => {}) });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "b" } });
    const other = again();
    other.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    await expect.poll(() => other.frames).toBe(1);
    expect(stream.status).toBeUndefined();
  });
});

it("S-06 the headers that decisions need count in maxHeldBytes while a stream is open", () => {
  const { stream, again } = open({ authorize: () => true, maxHeldBytes: 150 });
  expect(stream.status).toBeUndefined();
  expect(again().status).toEqual(["8", "all clients together may hold at most 150 bytes; try later"]);
  stream.served.disconnected();
  expect(again().status).toBeUndefined();
});

it("requests that wait for a decision count in maxHeldBytes", async () => {
  const decision = Promise.withResolvers<Authorization>();
  const { stream, again } = open({ authorize: () => decision.promise, maxHeldBytes: 14_000 });
  stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
  for (let i = 0; i < 100; i++) stream.sotw({ typeUrl: CLUSTER_TYPE });
  expect(stream.status?.[0]).toBe("8");
  const other = again();
  other.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
  for (let i = 0; i < 10; i++) other.sotw({ typeUrl: CLUSTER_TYPE });
  decision.resolve(true);
  await expect.poll(() => [other.isPaused, other.status, other.frames]).toEqual([false, undefined, 1]);
});

describe("access is decided on again", () => {
  it("by a timer, for all that the stream has", async () => {
    let isAllowed = true;
    const { stream, asked, server } = open({ authorize: () => isAllowed, reauthorizeMs: 1 });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    stream.sotw({ typeUrl: ENDPOINT_TYPE, resourceNames: ["x", "y"] });
    await expect.poll(() => asked().length).toBeGreaterThan(5);
    expect(new Set(asked())).toEqual(new Set(["Cluster *", "ClusterLoadAssignment x,y"]));
    isAllowed = false;
    await expect.poll(() => stream.status).toEqual(["7", "Permission denied"]);
    expect(server.status().authorization).toEqual({ denied: 1, failed: 0, revoked: 1 });
  });

  it("never, where that is asked for", async () => {
    const { stream, asked } = open({ authorize: () => true, reauthorizeMs: Infinity });
    stream.sotw({ typeUrl: CLUSTER_TYPE, node: { id: "a" } });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked()).toEqual(["Cluster *"]);
  });

  it("for polls that wait", async () => {
    let isAllowed = true;
    const cache = filledCache();
    const client = new PollClient({ cache, longPollMs: 60_000, authorize: async () => isAllowed });
    const poll = client.poll("clusters", { version_info: "1", node: { id: "a" } });
    await expect.poll(() => cache.status().flatMap(({ types }) => types)[0]?.watches).toBe(1);
    isAllowed = false;
    await client.server.reauthorize();
    expect(await poll).toMatchObject({ status: 403, text: "Permission denied\n" });
    expect(client.server.status().authorization).toEqual({ denied: 1, failed: 0, revoked: 1 });
  });
});

function raise(reason: unknown): never {
  throw reason;
}

/** Each access to it throws. */
function hostile(): object {
  const fail = () => raise(new Error("hostile"));
  return new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail });
}

function filledCache(): SnapshotCache {
  const cache = new SnapshotCache();
  const resources = [cluster({ name: "x" }), endpoints({ clusterName: "x" })];
  for (const id of ["a", "b"]) cache.setSnapshot(id, new Snapshot({ version: "1", resources }));
  return cache;
}

function open(
  { path = SOTW_PATH, authorize, callbacks, ...options }: {
    readonly path?: string;
    readonly authorize: Authorize;
  } & Partial<DiscoveryServerOptions>,
) {
  const calls: AuthorizationRequest[] = [];
  const inner = filledCache();
  let watches = 0;
  const cache: Cache = {
    watch(request, watcher) {
      watches++;
      return inner.watch(request, watcher);
    },
  };
  const { server, errors } = new PollClient({
    cache,
    ...callbacks && { callbacks },
    ...options,
    authorize(request) {
      calls.push(request);
      return authorize(request);
    },
  });
  const asked = () => calls.map(({ typeUrl, names }) => `${typeUrl.split(".").at(-1)} ${names.join()}`);
  const again = () => {
    const stream = new OpenStream((transport) => {
      const headers = new Headers({ authorization: "token" });
      const client = { peer: "192.0.2.1:5", certificate: undefined, isLocal: false, method: path, headers };
      return acceptorOf(server)!(path)!({ transport, timeout: null, headerSize: { bytes: 0, pairs: 0 }, client });
    });
    onTestFinished(() => stream.served.disconnected());
    return stream;
  };
  return { server, errors, watches: () => watches, asked, again, stream: again() };
}

type Incoming = Parameters<NonNullable<ReturnType<NonNullable<ReturnType<typeof acceptorOf>>>>>[0];

/** A stream without a connection. */
class OpenStream {
  frames = 0;
  isPaused = false;
  status: readonly [string | null, string] | undefined = undefined;
  readonly served: ReturnType<NonNullable<ReturnType<NonNullable<ReturnType<typeof acceptorOf>>>>>;

  constructor(open: (transport: Incoming["transport"]) => OpenStream["served"]) {
    this.served = open({
      write: () => ++this.frames > 0,
      end: (trailer) => {
        this.status = [trailer.get("grpc-status"), decodeURIComponent(trailer.get("grpc-message") ?? "")];
      },
      abort: () => {},
      pause: () => this.isPaused = true,
      resume: () => this.isPaused = false,
      unreadBytes: 0,
      leave: () => {},
    });
    this.served.writable();
  }

  sotw(request: Parameters<typeof create<typeof DiscoveryRequestSchema>>[1]): void {
    this.served.push(frame(toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, request))));
  }

  delta(request: Parameters<typeof create<typeof DeltaDiscoveryRequestSchema>>[1]): void {
    this.served.push(frame(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, request))));
  }
}
