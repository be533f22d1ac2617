import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { acceptorOf, createDiscoveryServer } from "../../src/server/mod.ts";
import { readBody } from "../../src/server/polls/request-body.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { frame, SOTW_PATH, sotwRequest } from "./raw-client.ts";

const REQUEST = frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Each time that a client has for a request, and how it begins. */
const TIMES = [
  { limit: "firstRequestTimeoutMs", begin: [], text: "Client has sent no request for 10000 ms" },
  {
    limit: "requestTimeoutMs",
    begin: [REQUEST.subarray(0, 9)],
    text: "Cannot read request: incomplete after 10000 ms",
  },
] as const;

describe.each(TIMES)("$limit of a stream", ({ limit, begin, text }) => {
  it("ends it with DEADLINE_EXCEEDED, and is counted", () => {
    const { server, ended } = open(limit, begin);
    vi.advanceTimersByTime(9_999);
    expect(ended()).toBeUndefined();
    vi.advanceTimersByTime(10);
    expect(ended()).toEqual(["4", text]);
    expect(server.status().limits).toMatchObject({ [limit]: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("D-13 begins again after the event loop stood still", () => {
    const { stream, server, ended } = open(limit, begin);
    clockJumps(60_000);
    vi.advanceTimersByTime(10_001);
    expect(ended()).toBeUndefined();
    vi.advanceTimersByTime(9_000);
    stream.push(REQUEST.subarray(begin[0]?.length ?? 0));
    vi.advanceTimersByTime(60_000);
    expect(ended()).toBeUndefined();
    expect(server.status().limits[limit]).toBe(0);
  });

  it("D-13 does not end a stream whose request is read in the moment in which the time ends", () => {
    const { stream, ended } = open(limit, begin);
    vi.advanceTimersByTime(10_000); // the timer has fired, and the connection is read next
    stream.push(REQUEST.subarray(begin[0]?.length ?? 0));
    vi.advanceTimersByTime(60_000);
    expect(ended()).toBeUndefined();
  });
});

describe("requestTimeoutMs of a poll", () => {
  it("refuses it with 408, and begins again after the event loop stood still", async () => {
    const reading = readBody(silence(), { maxBytes: 10, timeoutMs: 10_000 });
    const result = reading.catch((error) => error.status);
    clockJumps(60_000);
    await vi.advanceTimersByTimeAsync(10_001);
    expect(await Promise.race([result, "reading"])).toBe("reading");
    await vi.advanceTimersByTimeAsync(10_001);
    expect(await result).toBe(408);
  });

  it("is counted, as is the refusal", async () => {
    const server = createDiscoveryServer({ cache: new LinearCache(CLUSTER_TYPE), log: false });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: new ReadableStream() };
    const request = new Request("http://localhost/v3/discovery:clusters", { ...init, duplex: "half" } as RequestInit);
    const response = server.fetch(request);
    await vi.advanceTimersByTimeAsync(10_010);
    expect((await response).status).toBe(408);
    expect(server.status()).toMatchObject({ limits: { requestTimeoutMs: 1 }, polls: { waiting: 0, refused: 1 } });
  });
});

/** A stream with times of 10 s that has begun with some chunks; the other time is longer than the test. */
function open(limit: (typeof TIMES)[number]["limit"], chunks: readonly Uint8Array[]) {
  const server = createDiscoveryServer({
    cache: new LinearCache(CLUSTER_TYPE),
    log: false,
    firstRequestTimeoutMs: 1_000_000,
    [limit]: 10_000,
  });
  let trailer: Headers | undefined;
  const stream = acceptorOf(server)!(SOTW_PATH)!({
    timeout: null,
    headerSize: { bytes: 0, pairs: 0 },
    client: { peer: undefined, certificate: undefined, isLocal: true, method: SOTW_PATH, headers: new Headers() },
    transport: {
      write: () => true,
      end: (status) => trailer = status,
      abort() {},
      pause() {},
      resume() {},
      unreadBytes: 0,
      leave() {},
    },
  });
  for (const chunk of chunks) stream.push(chunk);
  const ended = () => trailer && [trailer.get("grpc-status"), decodeURIComponent(trailer.get("grpc-message")!)];
  return { server, stream, ended };
}

/** As if the process had been stopped. */
function clockJumps(ms: number): void {
  const { now } = performance;
  vi.spyOn(performance, "now").mockImplementationOnce(() => now.call(performance) + ms);
}

async function* silence(): AsyncIterable<Uint8Array> {
  yield await new Promise<never>(() => {});
}
