import assert from "node:assert/strict";
import { bindNode } from "../../../mod.ts";
import { frame } from "../../server/raw-client.ts";
import { messagesIn } from "../messages.ts";
import type { Subject, Target } from "../target.ts";
import {
  CLIENT_STATUSES,
  DELTA_SCHEMAS,
  readResponses,
  SOTW_SCHEMAS,
  SOTW_SEEDS,
  withNonce,
  WORDS,
} from "./messages.ts";
import { DELTA, SOTW, turns, World } from "./world.ts";

/** Streams whose node is bound to a token, decided on later. No response may have what is another node's. */
export const IDENTITY: Target = {
  name: "identity",
  what:
    "streams of a client that is b, and may say that it is anything; the first byte has the variant and the size of chunks",
  seeds: SOTW_SEEDS.flatMap((seed) => [Uint8Array.of(0, ...seed), Uint8Array.of(200, ...seed)]),
  words: [...WORDS, "\x12\x03\x0a\x01b\x12\x03\x0a\x01a", "\x0a\x01a"],
  maxBytes: 8_192,
  messagesAt: 1,
  open: () => new BoundStreams(),
};

class BoundStreams implements Subject {
  readonly #world = new World({
    authorize: bindNode({
      idOf: ({ headers }) => {
        const id = headers.get("authorization") ?? "healthy";
        return Math.random() < 0.5 ? id : Promise.resolve(id);
      },
    }),
  });

  async run(input: Uint8Array): Promise<void> {
    const head = input[0] ?? 0;
    const [path, schemas] = head % 2 === 0 ? [SOTW, SOTW_SCHEMAS] : [DELTA, DELTA_SCHEMAS];
    const [client, stream] = this.#world.open(path, { headers: new Headers({ authorization: "b" }) });
    const nonces = new Map<string, string>();
    for (const message of messagesIn(input.subarray(1))) {
      const framed = frame(withNonce(message, schemas, nonces));
      const size = head < 128 ? framed.length : 1 + head % 64;
      for (let at = 0; at < framed.length; at += size) stream.push(framed.subarray(at, at + size));
      await turns(1);
      for (const response of client.responses) {
        assert.ok(Buffer.from(response).indexOf("of-a-") < 0, "a response has what is of node a");
      }
      readResponses(client.responses, schemas, nonces);
      if (stream.ended) break;
    }
    if (!stream.ended) stream.disconnected();
    assert.ok(client.status === "1" || CLIENT_STATUSES.has(client.status!), `unexpected status ${client.status}`);
  }

  check(): Promise<void> {
    return this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}
