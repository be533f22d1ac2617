import {
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import { jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { Interruption } from "./interruption.ts";
import { type Engine, type EngineEvent, type EngineWatchOptions, type Entry, RevisionConflict } from "../store/mod.ts";

/** The bucket of an engine, and how it is made if it does not exist. */
export interface BucketOptions {
  readonly bucket: string;
  readonly replicas: number;
  readonly storage: "file" | "memory";
  readonly heartbeatMs: number;
  readonly create: boolean;
}

/** A bucket does not exist, and is not to be made. */
export class MissingBucket extends Error {
  /** The error of a bucket. @param bucket - its name */
  constructor(bucket: string) {
    super(`Cannot open the bucket "${bucket}": it does not exist`);
    this.name = "MissingBucket";
  }
}

/**
 * A key-value bucket of JetStream. Revisions are the sequence numbers of its stream.
 *
 * All reads of single keys go to the leader of the stream: another replica could give what was there before.
 */
export class NatsEngine implements Engine {
  readonly maxValueBytes: number;
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #bucket: string;
  readonly #heartbeatMs: number;
  /** Why a server does not let this client in again; undefined while it does. */
  #refusal: Error | undefined = undefined;

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    { bucket, heartbeatMs }: Pick<BucketOptions, "bucket" | "heartbeatMs">,
  ) {
    this.#connection = connection;
    this.#client = jetstream(connection, { timeout: timeoutOf(heartbeatMs) });
    this.#manager = manager;
    this.#bucket = bucket;
    this.#heartbeatMs = heartbeatMs;
    void this.#followRefusals();
    // Headers need some room.
    this.maxValueBytes = Math.min(connection.info?.max_payload ?? DEFAULT_PAYLOAD, DEFAULT_PAYLOAD) - 1024;
  }

  /** Opens a bucket, and makes it if it does not exist. @throws MissingBucket if it is not to be made */
  static async open(connection: NatsConnection, options: BucketOptions): Promise<NatsEngine> {
    const { bucket, replicas, storage, create } = options;
    const manager = await jetstreamManager(connection, { timeout: timeoutOf(options.heartbeatMs) });
    // One that exists stays as it is, whatever the options say here.
    if (!await exists(manager, `KV_${bucket}`)) {
      if (!create) throw new MissingBucket(bucket);
      await new Kvm(connection).create(bucket, {
        history: 1,
        replicas,
        storage: storage === "file" ? StorageType.File : StorageType.Memory,
        allow_direct: false,
      });
    }
    return new NatsEngine(connection, manager, options);
  }

  async identity(): Promise<string> {
    try {
      const { created } = await this.#manager.streams.info(this.#stream);
      return String(created);
    } catch (error) {
      // While the connection is made anew, a request only finds out that there is no response.
      if (this.#refusal === undefined) throw error;
      throw new Error(`The server of NATS refuses the connection: ${this.#refusal.message}`, { cause: error });
    }
  }

  async get(key: string): Promise<Entry | undefined> {
    let found: StoredMsg | null;
    try {
      found = await this.#manager.streams.getMessage(this.#stream, { last_by_subj: this.#subject(key) });
    } catch (error) {
      if (codeOf(error) === NO_MESSAGE) return undefined;
      throw error;
    }
    if (found === null || found.header?.get("KV-Operation")) return undefined;
    return { value: found.data, revision: found.seq };
  }

  async putIf(key: string, value: Uint8Array | undefined, revision?: number): Promise<number> {
    if (value === undefined) return await this.#delete(key, revision);
    if (value.length > this.maxValueBytes) {
      throw new RangeError(`Cannot write ${key}: ${value.length} bytes, of at most ${this.maxValueBytes}`);
    }
    const expect = revision === undefined ? {} : { lastSubjectSequence: revision };
    try {
      const { seq } = await this.#client.publish(this.#subject(key), value, { expect });
      return seq;
    } catch (error) {
      if (codeOf(error) === WRONG_SEQUENCE) throw new RevisionConflict(key, { expected: revision! });
      throw error;
    }
  }

  /** Leaves no marker behind: there would be one for each content that was ever stored. */
  async #delete(key: string, revision: number | undefined): Promise<number> {
    const filter = this.#subject(key);
    // Of one message for each subject, a later one is not purged.
    const { purged } = await this.#manager.streams.purge(this.#stream, {
      filter,
      ...revision !== undefined && { seq: revision + 1 },
    });
    if (revision !== undefined && purged === 0) throw new RevisionConflict(key, { expected: revision });
    return revision ?? 0;
  }

  async *list(prefix: string): AsyncIterable<{ readonly key: string; readonly revision: number }> {
    // The leader of the stream has all keys; a consumer has their revisions, and may be behind.
    const filter = this.#subject(`${prefix}>`);
    const { state } = await this.#manager.streams.info(this.#stream, { subjects_filter: filter });
    const missing = new Set(Object.keys(state.subjects ?? {}));
    if (missing.size === 0) return;
    const consumer = await this.#client.consumers.get(this.#stream, { filter_subjects: filter, headers_only: true });
    try {
      const { num_pending } = await consumer.info();
      if (num_pending > 0) {
        const messages = await consumer.consume();
        for await (const { subject, seq, info } of messages) {
          if (missing.delete(subject)) yield { key: this.#keyOf(subject), revision: seq };
          if (info.pending === 0) break;
        }
      }
    } finally {
      await consumer.delete().catch(() => {});
    }
    for (const subject of missing) {
      const entry = await this.get(this.#keyOf(subject));
      if (entry !== undefined) yield { key: this.#keyOf(subject), revision: entry.revision };
    }
  }

  async *watch(prefix: string, { fromRevision, signal }: EngineWatchOptions): AsyncIterable<EngineEvent> {
    const { state } = await this.#manager.streams.info(this.#stream);
    const consumer = await this.#client.consumers.get(this.#stream, {
      filter_subjects: this.#subject(`${prefix}>`),
      ...fromRevision > 1
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: fromRevision }
        : { deliver_policy: DeliverPolicy.All },
    });
    const interruption = new Interruption(this.#connection);
    try {
      const { num_pending } = await consumer.info();
      const heartbeat = { expires: 2 * Math.max(this.#heartbeatMs, 500), idle_heartbeat: this.#heartbeatMs };
      const messages = await consumer.consume(heartbeat);
      interruption.of(messages, signal);
      let isUpToDate = num_pending === 0;
      if (isUpToDate && !signal.aborted) yield { key: undefined, value: undefined, revision: state.last_seq };
      for await (const { subject, data, seq, info, headers } of messages) {
        if (signal.aborted) return;
        const value = headers?.get("KV-Operation") ? undefined : data;
        yield { key: this.#keyOf(subject), value, revision: seq };
        if (isUpToDate || info.pending > 0) continue;
        isUpToDate = true;
        yield { key: undefined, value: undefined, revision: Math.max(seq, state.last_seq) };
      }
      if (interruption.error !== undefined) throw interruption.error;
    } finally {
      await interruption.close();
      // While the server cannot be reached, the request waits for it, and the next watch need not.
      const deleted = consumer.delete().catch(() => {});
      if (interruption.error === undefined) await deleted;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #followRefusals(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "error" && status.error instanceof errors.AuthorizationError) this.#refusal = status.error;
      if (status.type === "reconnect") this.#refusal = undefined;
    }
  }

  get #stream(): string {
    return `KV_${this.#bucket}`;
  }

  #subject(key: string): string {
    return `$KV.${this.#bucket}.${key.replaceAll("/", ".")}`;
  }

  #keyOf(subject: string): string {
    return subject.slice(`$KV.${this.#bucket}.`.length).replaceAll(".", "/");
  }
}

async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (codeOf(error) === NO_STREAM) return false;
    throw error;
  }
}

/** For a request: where the leader of a stream is lost, it is not worth more than it takes to notice that. */
function timeoutOf(heartbeatMs: number): number {
  return Math.min(2 * heartbeatMs, 5_000);
}

/** In bytes, unless a server allows less. */
const DEFAULT_PAYLOAD = 1024 * 1024;
const NO_MESSAGE = 10037;
const NO_STREAM = 10059;
const WRONG_SEQUENCE = 10071;

function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}
