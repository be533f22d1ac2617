import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials, status } from "@grpc/grpc-js";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { Resource } from "../../mod.ts";
import { RUNTIME_TYPE } from "../../src/v3/mod.ts";
import { pathOf } from "../protocol/over-http2.ts";
import type { Connect, Foreign, Peer, Response } from "../protocol/run-transcript.ts";
import { ALL_TYPES, type Transcript } from "../protocol/transcript.ts";

const SOURCE = join(import.meta.dirname, "go-control-plane");
const FOLDER = join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane");
const BINARY = join(FOLDER, "go-control-plane");

/** Builds the server made of go-control-plane; the Go tools fetch its modules. */
export function buildGoControlPlane(): void {
  mkdirSync(FOLDER, { recursive: true });
  try {
    execFileSync("go", ["build", "-o", BINARY, "."], { cwd: SOURCE, stdio: ["ignore", "inherit", "inherit"] });
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(
      missing ? "Cannot find Go: install it (1.26 or newer)" : "Cannot build the server of go-control-plane",
      {
        cause,
      },
    );
  }
}

/**
 * Plays a transcript against go-control-plane. Transcripts about order run in its ADS mode with ordered responses, as
 * its documentation recommends. That mode does not respond to a subscription to a part of the snapshot, so the other
 * transcripts run without it.
 */
export const overGoControlPlane: Connect = async (transcript) => {
  const server = await GoControlPlane.start(transcript.name.startsWith("O"));
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const peer = new SettlingPeer(client, transcript, server);
  return {
    foreign: server,
    send: (request) => peer.send(request),
    next: () => peer.next(),
    settle: () => peer.settle(),
    rest: () => peer.next(),
    ended: () => peer.ended(),
    // Only heartbeats of go-control-plane depend on time, and the server does not enable them.
    wait: () => Promise.resolve(),
    async close() {
      peer.cancel();
      client.close();
      await server.stop();
    },
  };
};

/** A process that serves snapshots by go-control-plane. */
export class GoControlPlane implements Foreign {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.#process = process;
    this.#lines = lines;
    this.port = port;
  }

  static async start(ads: boolean): Promise<GoControlPlane> {
    const process = spawn(BINARY, ads ? ["--ads"] : [], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]();
    return new GoControlPlane(process, lines, Number((await lines.next()).value));
  }

  /** @param key - of the snapshot: the cluster of a node, or `all` for nodes without one */
  async publish(resources: readonly Resource[] | undefined, key = "all"): Promise<void> {
    const list = resources?.map(({ typeUrl, bytes, ttlMs }) => ({
      type: typeUrl,
      value: Buffer.from(bytes).toString("base64"),
      ttlMs,
    }));
    await this.#command({ key, resources: list });
  }

  versionOf({ typeUrl, bytes }: Resource): Promise<string> {
    return this.#command({ version: { type: typeUrl, value: Buffer.from(bytes).toString("base64") } });
  }

  /** Waits until so many requests of the stream were read. @returns the number of responses written; -1: closed */
  async settle(requests: number): Promise<number> {
    return Number(await this.#command({ settle: requests }));
  }

  async stop(): Promise<void> {
    const exit = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await exit;
  }

  async #command(command: object): Promise<string> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("go-control-plane has exited");
    return value;
  }
}

/**
 * Requests that change no subscription and get at most one response. The server chooses at random between a request to
 * read and a response to write, so after this many of them all pending responses are written with near certainty.
 */
const IDLE_REQUESTS = 20;

class SettlingPeer implements Pick<Peer, "send" | "next" | "settle" | "ended"> {
  readonly #server: GoControlPlane;
  readonly #delta: boolean;
  readonly #call: ClientDuplexStream<Uint8Array, Response>;
  readonly #responses: Response[] = [];
  readonly #over: Promise<string>;
  #status: string | undefined;
  #sent = 0;
  #received = 0;
  #wake = (): void => {};

  constructor(client: Client, transcript: Transcript, server: GoControlPlane) {
    this.#server = server;
    this.#delta = transcript.variant === "delta";
    const schema = this.#delta ? DeltaDiscoveryResponseSchema : DiscoveryResponseSchema;
    const decode = (bytes: Uint8Array) => fromBinary<DescMessage>(schema, bytes) as Response;
    this.#call = client.makeBidiStreamRequest(pathOf(transcript), Buffer.from, decode);
    this.#call.on("data", (response: Response) => {
      this.#received++;
      if (Object.values<string>(ALL_TYPES).includes(response.typeUrl)) this.#responses.push(response);
      this.#wake();
    });
    this.#call.on("error", () => {});
    this.#over = new Promise((resolve) => {
      this.#call.on("status", ({ code }) => {
        this.#status = status[code]!.toLowerCase();
        this.#wake();
        resolve(this.#status);
      });
    });
  }

  send(request: Uint8Array): void {
    this.#sent++;
    this.#call.write(request);
  }

  async settle(): Promise<void> {
    if (this.#sent === 0 || this.#status !== undefined) return;
    for (let i = 0; i < IDLE_REQUESTS; i++) this.send(this.#idleRequest());
    const written = await this.#server.settle(this.#sent);
    if (written < 0) await this.#over;
    while (this.#received < written && this.#status === undefined) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async next(): Promise<Response | undefined> {
    await this.settle();
    return this.#responses.shift();
  }

  async ended(): Promise<string> {
    await this.settle();
    return this.#status ?? "still open";
  }

  cancel(): void {
    this.#call.cancel();
  }

  #idleRequest(): Uint8Array {
    const typeUrl = RUNTIME_TYPE;
    return this.#delta
      ? toBinary(
        DeltaDiscoveryRequestSchema,
        create(DeltaDiscoveryRequestSchema, { typeUrl, resourceNamesUnsubscribe: ["idle"] }),
      )
      : toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, { typeUrl, resourceNames: ["idle"] }));
  }
}
