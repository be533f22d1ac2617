import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import type { Resource } from "../../mod.ts";
import { LineProcess } from "../matrix/line-process.ts";
import { FENCES, GrpcPeer } from "../protocol/over-http2.ts";
import type { Connect } from "../protocol/run-transcript.ts";
import type { Command, SentResource } from "./command.ts";

/** A server in its own process, on any runtime. */
export class RemoteServer implements AsyncDisposable {
  readonly #process: LineProcess;

  constructor(command: readonly string[]) {
    this.#process = new LineProcess([...command, join(import.meta.dirname, "server.ts")]);
  }

  /** Connects the client of a transcript; one at a time. */
  readonly connect: Connect = async (transcript) => {
    const { holdBackMs, isolate = true } = transcript;
    const fences = FENCES.map(sent);
    const port = await this.send({ do: "start", fences, isolate, ...holdBackMs !== undefined && { holdBackMs } });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const peer = new GrpcPeer(client, transcript);
    return {
      foreign: {
        publish: (resources) => this.publish(resources),
        versionOf: ({ version }) => Promise.resolve(version),
      },
      send: (request) => peer.send(request),
      next: () => peer.next(),
      settle: () => peer.settle(),
      rest: () => peer.rest(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ended: () => peer.ended,
      close: async () => {
        peer.cancel();
        client.close();
        const watches = await this.send({ do: "stop" });
        if (watches !== 0) throw new Error(`${watches} watches were left open`);
      },
    };
  };

  /** Publishes a snapshot; undefined: clears it. */
  async publish(resources: readonly Resource[] | undefined): Promise<void> {
    await this.send({ do: "publish", ...resources !== undefined && { resources: resources.map(sent) } });
  }

  /** Sends a command. @returns its result */
  send(command: Command): Promise<unknown> {
    return this.#process.send(command);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** The end of its standard error. */
  get errors(): string {
    return this.#process.errors;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function sent({ typeUrl, name, bytes, ttlMs }: Resource): SentResource {
  const value = Buffer.from(bytes).toString("base64");
  return { type: typeUrl, name, value, ...ttlMs !== undefined && { ttlMs } };
}
