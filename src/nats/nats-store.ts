import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { SnapshotStore, type SnapshotStoreOptions } from "../store/mod.ts";
import { NatsEngine } from "./nats-engine.ts";

/** Options of {@link NatsStore.connect}. */
export interface NatsStoreOptions extends SnapshotStoreOptions {
  /** The servers, such as `nats://127.0.0.1:4222`. */
  readonly servers: string | readonly string[];
  /** The key-value bucket; it is made if it does not exist. Letters, digits, `-` and `_`. */
  readonly bucket: string;
  /** How many servers hold the bucket if it is made: 1, 3 or 5. Default: 1. */
  readonly replicas?: number;
  /** Where the bucket is held if it is made. Default: `file`. */
  readonly storage?: "file" | "memory";
  /** The content of a credentials file, a token, or a user and password. Default: none. */
  readonly credentials?: string | Uint8Array | { readonly token: string } | {
    readonly user: string;
    readonly pass: string;
  };
  /** TLS to the servers. Default: as the servers require, with the certificates that the system trusts. */
  readonly tls?: {
    /** The certificates of authorities that are trusted, as PEM. */
    readonly ca?: string;
    /** The certificate of this client, as PEM. */
    readonly cert?: string;
    /** The key of that certificate, as PEM. */
    readonly key?: string;
  };
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

/** Snapshots in a key-value bucket of NATS JetStream, which several writers and replicas share. */
export class NatsStore extends SnapshotStore {
  /** Resolves once the connection is closed for good, with the reason if that was not {@link NatsStore.close}. */
  readonly closed: Promise<Error | undefined>;

  private constructor(engine: NatsEngine, connection: NatsConnection, options: NatsStoreOptions) {
    super(engine, options);
    this.closed = connection.closed().then((error) => error ?? undefined);
  }

  /**
   * Connects, and makes the bucket if it does not exist.
   *
   * @throws if no server can be reached within `timeoutMs`, or JetStream is not enabled
   */
  static async connect(options: NatsStoreOptions): Promise<NatsStore> {
    const { servers, bucket, replicas = 1, storage = "file", credentials, tls, timeoutMs = 5_000 } = options;
    const { heartbeatMs = 5_000 } = options;
    if (!/^[\w-]+$/.test(bucket)) {
      throw new TypeError(`Cannot use the bucket "${bucket}": its name may have letters, digits, "-" and "_"`);
    }
    if (!(heartbeatMs >= 500)) throw new RangeError(`Cannot use heartbeatMs ${heartbeatMs}: it must be at least 500`);
    const list = typeof servers === "string" ? [servers] : [...servers];
    let connection;
    try {
      connection = await connect({
        servers: list,
        name: options.name ?? "ts-control-plane",
        timeout: timeoutMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 500,
        reconnectJitter: 500,
        pingInterval: heartbeatMs,
        maxPingOut: 2,
        // Credentials that a server refuses may be in order again later.
        ignoreAuthErrorAbort: true,
        ...tls && { tls },
        ...credentialsOf(credentials),
      });
    } catch (error) {
      throw new Error(`Cannot connect to NATS at ${list.map(withoutSecrets).join(", ")}`, { cause: error });
    }
    try {
      const engine = await NatsEngine.open(connection, { bucket, replicas, storage, heartbeatMs });
      return new NatsStore(engine, connection, options);
    } catch (error) {
      await connection.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot open the bucket "${bucket}": ${why}; is JetStream enabled (nats-server --jetstream)?`, {
        cause: error,
      });
    }
  }
}

function credentialsOf(credentials: NatsStoreOptions["credentials"]): object {
  if (credentials === undefined) return {};
  if (typeof credentials === "object" && !(credentials instanceof Uint8Array)) return credentials;
  const bytes = typeof credentials === "string" ? new TextEncoder().encode(credentials) : credentials;
  return { authenticator: credsAuthenticator(bytes) };
}

/** A server may be given with a user and a password. */
function withoutSecrets(server: string): string {
  return server.replace(/\/\/[^@/]*@/, "//");
}
