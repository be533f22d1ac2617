import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { SnapshotStore, type SnapshotStoreOptions } from "../store/mod.ts";
import { authenticatorOf, type NatsCredentials } from "./credentials.ts";
import { LazyEngine } from "./lazy-engine.ts";
import { MissingBucket, NatsEngine } from "./nats-engine.ts";

/** Options of {@link NatsStore.connect} and {@link NatsStore.open}. */
export interface NatsStoreOptions extends SnapshotStoreOptions {
  /**
   * The servers, such as `nats://127.0.0.1:4222`; with one of `tls://` only connections with TLS are used. A user and a
   * password, or a token, may stand before the host, with special characters percent-encoded.
   */
  readonly servers: string | readonly string[];
  /** The key-value bucket. Letters, digits, `-` and `_`. */
  readonly bucket: string;
  /** Whether the bucket is made if it does not exist; otherwise each use throws a {@link MissingBucket}. Default: true. */
  readonly create?: boolean;
  /** How many servers hold the bucket if it is made: 1, 3 or 5. Default: 1. */
  readonly replicas?: number;
  /** Where the bucket is held if it is made. Default: `file`. */
  readonly storage?: "file" | "memory";
  /** What the client presents. Default: what an address has, or nothing. */
  readonly credentials?: NatsCredentials;
  /**
   * TLS to the servers: with it only connections with TLS are used. Default: as the servers require, with the
   * certificates that the system trusts.
   */
  readonly tls?: NatsTls;
  /** The name of the connection, as the servers list it. Default: `ts-control-plane`. */
  readonly name?: string;
  /** How long to wait for the first connection, in milliseconds; later it is tried for ever. Default: 5000. */
  readonly timeoutMs?: number;
  /**
   * How often a connection and a watch are checked, in milliseconds; two checks without a response end them, and they
   * are tried anew. At least 500. Default: 5000.
   */
  readonly heartbeatMs?: number;
}

/** TLS to servers of NATS. Files are read at every connection, so that they can be replaced. */
export interface NatsTls {
  /** The certificates of authorities that are trusted, as PEM. Default: those that the system trusts. */
  readonly ca?: string;
  /** A file of them. */
  readonly caFile?: string;
  /** The certificate of this client, as PEM. Default: none. */
  readonly cert?: string;
  /** A file of it. */
  readonly certFile?: string;
  /** The key of that certificate, as PEM. */
  readonly key?: string;
  /** A file of it. */
  readonly keyFile?: string;
}

/** Snapshots in a key-value bucket of NATS JetStream, which several writers and replicas share. */
export class NatsStore extends SnapshotStore {
  /** Resolves once the connection is closed for good, with the reason if that was not {@link NatsStore.close}. */
  readonly closed: Promise<Error | undefined>;

  private constructor(engine: LazyEngine, closed: Promise<Error | undefined>, options: NatsStoreOptions) {
    super(engine, options);
    this.closed = closed;
  }

  /**
   * A store that connects by its first use, and by the next one where that fails. A replica starts with it while no
   * server can be reached: from its copy, or as one that waits.
   *
   * @throws TypeError or RangeError for options that cannot be used
   */
  static open(options: NatsStoreOptions): NatsStore {
    const { bucket, heartbeatMs = 5_000 } = options;
    if (!/^[\w-]+$/.test(bucket)) {
      throw new TypeError(`Cannot use the bucket "${bucket}": its name may have letters, digits, "-" and "_"`);
    }
    if (!(heartbeatMs >= 500)) throw new RangeError(`Cannot use heartbeatMs ${heartbeatMs}: it must be at least 500`);
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    const engine = new LazyEngine(async () => {
      const connection = await connectTo(options);
      const opened = await openBucket(connection, options);
      void connection.closed().then((error) => resolve(error ?? undefined));
      return opened;
    });
    return new NatsStore(engine, promise, options);
  }

  /**
   * Connects, and makes the bucket if it does not exist.
   *
   * @throws if no server can be reached within `timeoutMs`, or JetStream is not enabled
   */
  static async connect(options: NatsStoreOptions): Promise<NatsStore> {
    const store = NatsStore.open(options);
    await store.engine.identity();
    return store;
  }
}

async function connectTo(options: NatsStoreOptions): Promise<NatsConnection> {
  const { name = "ts-control-plane", timeoutMs = 5_000, heartbeatMs = 5_000 } = options;
  const addresses = [options.servers].flat().map(addressOf);
  const servers = addresses.map(({ server }) => server);
  const tls = options.tls ?? (servers.some((server) => server.startsWith("tls://")) ? {} : undefined);
  const credentials = options.credentials ?? addresses.find((each) => each.credentials !== undefined)?.credentials;
  const authenticator = credentials && authenticatorOf(credentials);
  try {
    return await connect({
      servers,
      name,
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      pingInterval: heartbeatMs,
      maxPingOut: 2,
      // Credentials that a server refuses may be in order again later.
      ignoreAuthErrorAbort: true,
      ...tls && { tls },
      ...authenticator && { authenticator },
    });
  } catch (error) {
    // With TLS 1.3 a server refuses certificates once the client believes to be connected.
    const hint = tls !== undefined && (error as Error).name === "TimeoutError"
      ? "; if it requires certificates of its clients, it does not accept this one's"
      : "";
    throw new Error(`Cannot connect to NATS at ${servers.join(", ")}: ${reasonOf(error)}${hint}`, { cause: error });
  }
}

async function openBucket(connection: NatsConnection, options: NatsStoreOptions): Promise<NatsEngine> {
  const { bucket, replicas = 1, storage = "file", heartbeatMs = 5_000, create = true } = options;
  try {
    return await NatsEngine.open(connection, { bucket, replicas, storage, heartbeatMs, create });
  } catch (error) {
    await connection.close();
    if (error instanceof MissingBucket) throw error;
    throw new Error(
      `Cannot open the bucket "${bucket}": ${reasonOf(error)}; is JetStream enabled (nats-server --jetstream)?`,
      { cause: error },
    );
  }
}

/** The client would take a password for a part of the address. */
function addressOf(given: string): { readonly server: string; readonly credentials?: NatsCredentials } {
  const [, scheme = "", user, pass, host] = /^(\w+:\/\/)?([^:]*)(?::(.*))?@([^@]*)$/s.exec(given) ?? [];
  if (user === undefined || host === undefined) return { server: given };
  const [name, word] = [decodeURIComponent(user), pass === undefined ? undefined : decodeURIComponent(pass)];
  return { server: scheme + host, credentials: word === undefined ? { token: name } : { user: name, pass: word } };
}

function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  // Node's errors of TLS are better known by their codes.
  return message || code || String(error);
}
