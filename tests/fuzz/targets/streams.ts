import assert from "node:assert/strict";
import { frame } from "../../server/raw-client.ts";
import { messagesIn } from "../messages.ts";
import type { Subject, Target } from "../target.ts";
import {
  CLIENT_STATUSES,
  DELTA_SCHEMAS,
  DELTA_SEEDS,
  readResponses,
  SOTW_SCHEMAS,
  SOTW_SEEDS,
  type VariantSchemas,
  withNonce,
  WORDS,
} from "./messages.ts";
import { DELTA, SOTW, turns, World } from "./world.ts";

/** Requests of whole streams. */
export const STREAMS: readonly Target[] = [
  {
    name: "sotw",
    what: "the messages of a stream in SotW",
    seeds: SOTW_SEEDS,
    words: WORDS,
    maxBytes: 8_192,
    messagesAt: 0,
    open: () => new Conversation(SOTW, SOTW_SCHEMAS),
  },
  {
    name: "delta",
    what: "the messages of a stream in delta",
    seeds: DELTA_SEEDS,
    words: WORDS,
    maxBytes: 8_192,
    messagesAt: 0,
    open: () => new Conversation(DELTA, DELTA_SCHEMAS),
  },
];

class Conversation implements Subject {
  readonly #world = new World();
  readonly #path: string;
  readonly #schemas: VariantSchemas;

  constructor(path: string, schemas: VariantSchemas) {
    this.#path = path;
    this.#schemas = schemas;
  }

  async run(input: Uint8Array): Promise<void> {
    const [client, stream] = this.#world.open(this.#path);
    const nonces = new Map<string, string>();
    let count = 0;
    for (const message of messagesIn(input)) {
      stream.push(frame(withNonce(message, this.#schemas, nonces)));
      if (stream.ended) break;
      if (++count % 4 === 0) this.#world.publishForInputs();
      await turns(1);
      readResponses(client.responses, this.#schemas, nonces);
    }
    if (!stream.ended) stream.disconnected();
    assert.equal(stream.ended, true);
    // 1 is the stream's own status for a client that has disconnected.
    assert.ok(client.status === "1" || CLIENT_STATUSES.has(client.status!), `unexpected status ${client.status}`);
  }

  check(): Promise<void> {
    return this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}
