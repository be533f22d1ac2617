import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, credentials } from "@grpc/grpc-js";
import type { Resource } from "../../mod.ts";
import { FENCES, GrpcPeer } from "../protocol/over-http2.ts";
import type { Connect } from "../protocol/run-transcript.ts";
import type { Command, SentResource } from "./command.ts";

/** A server in a process of its own, of any runtime, which serves one transcript after the other. */
export class RemoteServer {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor([program, ...args]: readonly string[]) {
    const file = join(import.meta.dirname, "server.ts");
    this.#process = spawn(program!, [...args, file], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Plays transcripts against it. */
  readonly connect: Connect = async (transcript) => {
    const { holdBackMs } = transcript;
    const fences = FENCES.map(sent);
    const port = await this.#tell({ do: "start", fences, ...holdBackMs !== undefined && { holdBackMs } });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const peer = new GrpcPeer(client, transcript);
    return {
      foreign: {
        publish: async (resources) => {
          await this.#tell({ do: "publish", ...resources !== undefined && { resources: resources.map(sent) } });
        },
        versionOf: ({ version }) => Promise.resolve(version),
      },
      send: (request) => peer.send(request),
      next: () => peer.next(),
      settle: () => peer.settle(),
      rest: () => peer.rest(),
      wait: () => Promise.resolve(),
      ended: () => peer.ended,
      close: async () => {
        peer.cancel();
        client.close();
        const watches = await this.#tell({ do: "stop" });
        if (watches !== 0) throw new Error(`${watches} watches were left open`);
      },
    };
  };

  async stop(): Promise<void> {
    const exit = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin!.end();
    await exit;
  }

  async #tell(command: Command): Promise<unknown> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the server has exited with ${this.#process.exitCode}`);
    return JSON.parse(value);
  }
}

function sent({ typeUrl, name, bytes, ttlMs }: Resource): SentResource {
  const value = Buffer.from(bytes).toString("base64");
  return { type: typeUrl, name, value, ...ttlMs !== undefined && { ttlMs } };
}
