import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import {
  createDiscoveryServer,
  type DiscoveryServerOptions,
  LinearCache,
  type Logger,
  type NackInfo,
  rawResource,
  type StreamInfo,
} from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { ServerLog } from "../../src/server/log.ts";
import type { Decision } from "../../src/stream/mod.ts";
import { CLUSTER_TYPE, ROUTE_TYPE } from "../../src/v3/mod.ts";
import { ADS_SOTW, GrpcClient } from "./grpc-client.ts";

const NODE = { id: "node1", cluster: "edge" };
const SECRET = "do-not-log-this";
const STREAM = { id: 7, variant: "sotw", typeUrl: undefined, node: NODE, peer: "127.0.0.1:5" } as StreamInfo;
const SEND: Decision = { word: "SEND", typeUrl: ROUTE_TYPE, fields: { version: "1.2", nonce: "3", resources: 2 } };

type Entry = readonly [level: string, message: string, fields: Record<string, unknown>];

/** A logger of pino's shape that records its calls. */
class Recorder implements Logger {
  readonly entries: Entry[] = [];
  debug = this.#recorder("debug");
  info = this.#recorder("info");
  warn = this.#recorder("warn");
  error = this.#recorder("error");

  messages(level?: string): string[] {
    return this.entries.filter((entry) => level === undefined || entry[0] === level).map(([, message]) => message);
  }

  #recorder(level: string) {
    return (fields: object, message: string): void => void this.entries.push([level, message, { ...fields }]);
  }
}

function nackOf(
  init: Partial<NackInfo> & { readonly names?: readonly string[]; readonly removed?: readonly string[] },
) {
  const { names = ["a", "b"], removed = [], ...rest } = init;
  const resources = names.map((name) => rawResource(ROUTE_TYPE, name, new TextEncoder().encode(SECRET)));
  const response = { typeUrl: ROUTE_TYPE, nonce: "3", version: "1.2", resources, removed };
  const nack = { typeUrl: ROUTE_TYPE, version: "1.2", nonce: "3", code: 13, message: "no such cluster", response };
  return { ...nack, ...rest } as NackInfo;
}

describe("ServerLog", () => {
  let logger: Recorder;
  let log: ServerLog;
  beforeEach(() => {
    logger = new Recorder();
    log = new ServerLog(logger);
  });

  it("warns of a NACK with its type, version, reason, resources and client", () => {
    log.nack(STREAM, nackOf({ removed: ["c"] }));
    expect(logger.entries).toEqual([["warn", "NACK RouteConfiguration 1.2: no such cluster", {
      event: "NACK",
      streamId: 7,
      nodeId: "node1",
      nodeCluster: "edge",
      peer: "127.0.0.1:5",
      typeUrl: ROUTE_TYPE,
      version: "1.2",
      nonce: "3",
      code: 13,
      reason: "no such cluster",
      resources: ["a", "b"],
      resourceCount: 2,
      removed: ["c"],
      removedCount: 1,
    }]]);
  });

  it("logs names and counts of resources, and nothing of their content", () => {
    log.nack(STREAM, nackOf({ names: Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(300, "x")) }));
    const text = JSON.stringify(logger.entries);
    expect(logger.entries[0]![2]).toMatchObject({ resourceCount: 10_000, resources: { length: 10 } });
    expect(text.length).toBeLessThan(5_000);
    expect(text).not.toContain(SECRET);
  });

  it("bounds the texts that clients choose", () => {
    const long = "x".repeat(1_000_000);
    const node = { id: long, cluster: long } as StreamInfo["node"];
    log.nack({ ...STREAM, node }, nackOf({ typeUrl: `type.googleapis.com/${long}`, version: long }));
    log.traceOf(() => ({ ...STREAM, node }))!({ ...SEND, typeUrl: long, fields: { version: long } });
    expect(logger.entries).toHaveLength(2);
    expect(JSON.stringify(logger.entries).length).toBeLessThan(10_000);
  });

  it("keeps a line a line, whatever the client's reason holds", () => {
    log.nack(STREAM, nackOf({ message: "one\nNACK two\u001b[2J\u2028three" }));
    expect(logger.messages()).toEqual([
      "NACK RouteConfiguration 1.2: one\\u000aNACK two\\u001b[2J\\u2028three",
    ]);
  });

  it("logs a fault as an error, with the stream where there is one", () => {
    const error = new Error("database is down");
    log.fault(error, STREAM);
    log.fault("text", undefined);
    expect(logger.entries).toEqual([
      ["error", "FAULT database is down", expect.objectContaining({ event: "FAULT", err: error, streamId: 7 })],
      ["error", "FAULT text", { event: "FAULT", err: "text" }],
    ]);
  });

  it("logs streams that open and close at debug", () => {
    log.opened({ ...STREAM, node: undefined });
    log.opened({ ...STREAM, typeUrl: CLUSTER_TYPE, variant: "delta" });
    log.closed(STREAM, undefined);
    log.closed(STREAM, new ConnectError("Server is shutting down", Code.Unavailable));
    expect(logger.messages("debug")).toEqual([
      "OPEN ADS sotw",
      "OPEN Cluster delta",
      "CLOSE OK",
      "CLOSE UNAVAILABLE: Server is shutting down",
    ]);
    expect(logger.entries[0]![2]).toEqual({
      event: "OPEN",
      streamId: 7,
      peer: "127.0.0.1:5",
      service: "ADS",
      variant: "sotw",
    });
    expect(logger.entries[3]![2]).toMatchObject({ code: Code.Unavailable, reason: "Server is shutting down" });
  });

  it("logs a decision at debug by its word, with its fields", () => {
    log.traceOf(() => STREAM)!(SEND);
    expect(logger.entries).toEqual([["debug", "SEND RouteConfiguration version=1.2 nonce=3 resources=2", {
      event: "SEND",
      streamId: 7,
      nodeId: "node1",
      nodeCluster: "edge",
      peer: "127.0.0.1:5",
      typeUrl: ROUTE_TYPE,
      version: "1.2",
      nonce: "3",
      resources: 2,
    }]]);
  });

  it("logs the decision NACK once, as the warning", () => {
    log.traceOf(() => STREAM)!({ ...SEND, word: "NACK" });
    log.nack(STREAM, nackOf({}));
    expect(logger.entries.map(([level]) => level)).toEqual(["warn"]);
  });

  it.each<[string, Logger | false | undefined]>([
    ["without a log", undefined],
    ["with false", false],
    ["with a logger without debug", { warn() {}, error() {} }],
    ["with a logger whose debug level is off", Object.assign(new Recorder(), { isLevelEnabled: () => false })],
    [
      "with a logger that cannot say its level",
      Object.assign(new Recorder(), {
        isLevelEnabled() {
          throw new Error("no");
        },
      }),
    ],
  ])("has no trace %s", (_, logger) => {
    expect(new ServerLog(logger).traceOf(() => STREAM)).toBeUndefined();
  });

  it("checks pino's isLevelEnabled as a stream opens", () => {
    let level = "info";
    const pino = Object.assign(new Recorder(), { isLevelEnabled: (name: string) => name === level });
    const log = new ServerLog(pino);
    expect(log.traceOf(() => STREAM)).toBeUndefined();
    level = "debug";
    expect(log.traceOf(() => STREAM)).toBeDefined();
  });

  it.each<[string, () => unknown]>([
    ["throws", () => {
      throw new Error("disk full");
    }],
    ["rejects", () => Promise.reject(new Error("disk full"))],
  ])("survives a logger that %s", async (_, fail) => {
    const log = new ServerLog({ debug: fail, info: fail, warn: fail, error: fail } as Logger);
    log.nack(STREAM, nackOf({}));
    log.fault(new Error("x"), STREAM);
    log.opened(STREAM);
    log.closed(STREAM, undefined);
    log.traceOf(() => STREAM)!(SEND);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("survives a fault that cannot be written", () => {
    log.fault({ toString: () => SECRET.repeat(-1) }, STREAM);
    expect(logger.entries).toEqual([]);
  });

  it("calls the logger's methods on the logger", () => {
    class WithState {
      readonly lines: string[] = [];
      warn(_fields: object, message: string): void {
        this.lines.push(message);
      }
      error(): void {}
    }
    const logger = new WithState();
    new ServerLog(logger).nack(STREAM, nackOf({}));
    expect(logger.lines).toHaveLength(1);
  });
});

describe("createDiscoveryServer({ log })", () => {
  let printed: Record<"debug" | "info" | "log" | "warn" | "error", MockInstance>;
  beforeEach(() => {
    const spy = (name: keyof typeof printed) => vi.spyOn(console, name).mockImplementation(() => {});
    printed = { debug: spy("debug"), info: spy("info"), log: spy("log"), warn: spy("warn"), error: spy("error") };
  });
  afterEach(() => void vi.restoreAllMocks());

  const linesOf = (spy: MockInstance) => spy.mock.calls.map((args) => args.find((arg) => typeof arg === "string"));
  const printedCalls = () => Object.values(printed).flatMap((spy) => spy.mock.calls);

  /** A client that NACKs its first response, and then ends its stream. */
  async function nackOnce(options: Partial<DiscoveryServerOptions> = {}): Promise<void> {
    const resource = rawResource(CLUSTER_TYPE, "a", new TextEncoder().encode(SECRET), { version: "1" });
    const cache = new LinearCache(CLUSTER_TYPE, { resources: [resource] });
    await using running = await listen(createDiscoveryServer({ cache, ...options }), { port: 0 });
    using client = new GrpcClient(running.port);
    const stream = client.sotw(ADS_SOTW);
    stream.send({ node: NODE, typeUrl: CLUSTER_TYPE });
    const { nonce } = await stream.next();
    stream.send({ typeUrl: CLUSTER_TYPE, responseNonce: nonce, errorDetail: { code: 3, message: "bad cluster" } });
    stream.end();
    await stream.ended;
  }

  it("warns of NACKs on the console by default, and prints nothing else", async () => {
    await nackOnce();
    expect(linesOf(printed.warn)).toEqual([
      expect.stringMatching(/^NACK Cluster \S+: bad cluster$/),
      "QUARANTINE Cluster a by client: bad cluster",
    ]);
    expect(printed.warn.mock.calls[0]![1]).toMatchObject({ nodeId: "node1", resources: ["a"], reason: "bad cluster" });
    expect(printedCalls()).toHaveLength(2);
  });

  it("prints faults on the console by default", async () => {
    const callbacks = {
      onResponse() {
        throw new Error("callback failed");
      },
    };
    await nackOnce({ callbacks });
    expect(linesOf(printed.error)).toEqual(["FAULT callback failed"]);
  });

  it("prints nothing with false", async () => {
    await nackOnce({
      log: false,
      callbacks: {
        onAck() {
          throw new Error("callback failed");
        },
      },
    });
    expect(printedCalls()).toEqual([]);
  });

  it("logs to a logger and not to the console, and calls callbacks as well", async () => {
    const log = new Recorder();
    const called: string[] = [];
    const callbacks = {
      onNack: (_: StreamInfo, { message }: NackInfo) => {
        called.push(message);
        throw new Error("callback failed");
      },
      onError: (error: unknown) => void called.push((error as Error).message),
    };
    await nackOnce({ log, callbacks });
    expect(called).toEqual(["bad cluster", "callback failed"]);
    expect(log.messages("warn")).toEqual([
      expect.stringMatching(/^NACK Cluster/),
      "QUARANTINE Cluster a by client: bad cluster",
    ]);
    expect(log.messages("error")).toEqual(["FAULT callback failed"]);
    expect(log.messages("debug").at(0)).toBe("OPEN ADS sotw");
    expect(log.messages("debug").at(-1)).toBe("CLOSE OK");
    expect(printedCalls()).toEqual([]);
    expect(JSON.stringify(log.entries)).not.toContain(SECRET);
  });

  it("takes the console for a logger", async () => {
    await nackOnce({ log: console });
    expect(linesOf(printed.warn)).toEqual([
      expect.stringMatching(/^NACK Cluster/),
      expect.stringMatching(/^QUARANTINE Cluster a/),
    ]);
    expect(linesOf(printed.debug)).toEqual(expect.arrayContaining(["OPEN ADS sotw", "CLOSE OK"]));
  });

  it("serves on with a logger that throws", async () => {
    const fail = (): never => {
      throw new Error("disk full");
    };
    const onNack = vi.fn();
    await nackOnce({ log: { debug: fail, info: fail, warn: fail, error: fail }, callbacks: { onNack } });
    expect(onNack).toHaveBeenCalledOnce();
  });

  it("logs an error of onError itself", async () => {
    const log = new Recorder();
    await nackOnce({
      log,
      callbacks: {
        onResponse() {
          throw new Error("first");
        },
        onError() {
          throw new Error("second");
        },
      },
    });
    expect(log.messages("error")).toEqual(["FAULT first", "FAULT second"]);
  });
});
