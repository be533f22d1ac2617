import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Cache, LinearCache } from "../../src/cache/mod.ts";
import { listen } from "../../src/node/mod.ts";
import { createDiscoveryServer, type DiscoveryCallbacks } from "../../src/server/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { PollClient } from "./poll-client.ts";
import { RawClient, sotwRequest } from "./raw-client.ts";

function fail(): never {
  throw new Error("A trap");
}

const TRAPS: ProxyHandler<object> = {
  get: fail,
  getPrototypeOf: fail,
  getOwnPropertyDescriptor: fail,
  has: fail,
  ownKeys: fail,
};

function withGetter(error: Error, name: string): Error {
  return Object.defineProperty(error, name, { get: fail });
}

/** What callbacks and caches may throw. */
const THROWN: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["a proxy", () => new Proxy({}, TRAPS)],
  ["a proxy of an error", () => new Proxy(new Error("x"), TRAPS)],
  ["a proxy of a ConnectError", () => new Proxy(new ConnectError("x", Code.PermissionDenied), TRAPS)],
  ["an error whose message cannot be read", () => withGetter(new Error("x"), "message")],
  ["an error whose stack cannot be read", () => withGetter(new Error("x"), "stack")],
  ["a ConnectError whose code cannot be read", () => withGetter(new ConnectError("x"), "code")],
  ["a ConnectError whose metadata cannot be read", () => withGetter(new ConnectError("x"), "metadata")],
  ["an object without a prototype", () => Object.create(null)],
  ["a frozen object", () => Object.freeze({})],
  ["a symbol", () => Symbol("x")],
];

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}
afterEach(() => expect(unhandled).toEqual([]));

describe.each(THROWN)("%s that is thrown", (_, thrown) => {
  it.each(["onStreamOpen", "onRequest"] as const)("P-01 by %s ends its stream as a fault", async (name) => {
    const { status, closed, errors } = await serve({ [name]: () => raise(thrown()) });
    expect([status, closed, errors]).toEqual(["13", 1, 1]);
  });

  it.each(["onResponse", "onStreamClose"] as const)("P-01 by %s ends nothing", async (name) => {
    const { status, errors } = await serve({ [name]: () => raise(thrown()) });
    expect([status, errors]).toEqual(["0", 1]);
  });

  it("P-01 by onError ends nothing", async () => {
    const { status, closed } = await serve({ onError: () => raise(thrown()), onResponse: fail });
    expect([status, closed]).toEqual(["0", 1]);
  });

  it("P-01 by a cache ends its stream and its poll as faults", async () => {
    const cache: Cache = { watch: () => raise(thrown()) };
    const { status, closed, errors } = await serve({}, cache);
    expect([status, closed, errors]).toEqual(["13", 1, 1]);
    const client = new PollClient({ cache });
    expect(await client.poll("clusters")).toMatchObject({ status: 500, text: "Internal error\n" });
    expect(client.errors).toHaveLength(1);
  });

  it("P-01 by onFetchRequest refuses its poll", async () => {
    const client = new PollClient({
      cache: new LinearCache(CLUSTER_TYPE),
      callbacks: { onFetchRequest: () => raise(thrown()) },
    });
    expect(await client.poll("clusters")).toMatchObject({ status: 500, text: "Internal error\n" });
    expect(client.errors).toHaveLength(1);
  });
});

it("P-01 a frozen ConnectError refuses a stream as another does", async () => {
  const error = Object.freeze(new ConnectError("no", Code.PermissionDenied));
  const { status, closed, errors } = await serve({ onStreamOpen: () => raise(error) });
  expect([status, closed, errors]).toEqual(["7", 1, 0]);
});

function raise(thrown: unknown): never {
  throw thrown;
}

/** Serves one stream with one request, on the default log. */
async function serve(callbacks: DiscoveryCallbacks, cache: Cache = new LinearCache(CLUSTER_TYPE)) {
  const mocks = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")].map((spy) => spy.mockImplementation(() => {}));
  let closed = 0;
  let errors = 0;
  if (cache instanceof LinearCache) cache.apply({ update: [cluster({ name: "a" })] });
  const server = createDiscoveryServer({
    cache,
    callbacks: {
      ...callbacks,
      onStreamClose(stream, error) {
        closed++;
        callbacks.onStreamClose?.(stream, error);
      },
      onError(error, stream) {
        errors++;
        callbacks.onError?.(error, stream);
      },
    },
  });
  const running = await listen(server, { port: 0 });
  onTestFinished(async () => {
    await running.close();
    for (const mock of mocks) mock.mockRestore();
  });
  await using client = new RawClient(`http://127.0.0.1:${running.port}`);
  const stream = client.open();
  stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
  stream.http.end();
  const status = (await stream.ended)["grpc-status"];
  while (server.streams.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { status, closed, errors };
}
