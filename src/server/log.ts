import type { ConnectError } from "@connectrpc/connect";
import { type Node, onRejection } from "../cache/mod.ts";
import { RecentKeys } from "./diagnosis/recent-keys.ts";
import { LogRate } from "./log-rate.ts";
import type { NackInfo, QuarantineInfo, StreamInfo, Trace } from "../stream/mod.ts";
import {
  closeEntry,
  connectionEntry,
  decisionEntry,
  type Denial,
  deniedEntry,
  type FailedConnection,
  type FailedSource,
  faultEntry,
  type LogEntry,
  missingEntry,
  type MissingName,
  nackEntry,
  openEntry,
  quarantineEntry,
  sourceFaultEntry,
  waitingEntry,
} from "./log-entries.ts";

/**
 * A log: a pino logger, `console`, or anything of the same shape. It is called as pino is, with fields for machines
 * first and a line of text for people second. What it throws is ignored.
 */
export interface Logger {
  /**
   * Logs streams that open and close, and each decision of the protocol. Where it is missing, or where
   * {@link Logger.isLevelEnabled} denies `debug` when a stream opens, the decisions of that stream cost nothing.
   */
  debug?(fields: object, message: string): void;
  /** Not called by this version: a level between a decision and a problem has no event yet. */
  info?(fields: object, message: string): void;
  /**
   * Logs a response that a client rejected (NACK), content that a client is not sent for it, and access that a client was
   * denied; and what is likely to be a mistake: a node without configuration, a name that does not exist although a
   * resource refers to it, a connection that failed before a stream.
   */
  warn(fields: object, message: string): void;
  /** Logs a fault of the cache, of a callback or of the server itself: the errors that `onError` receives. */
  error(fields: object, message: string): void;
  /** Whether a level, such as `debug`, is logged; pino has this method. Default: each level with a method is. */
  isLevelEnabled?(level: string): boolean;
}

/** Writes the events of a server to a log: names and versions of resources, never their content. Nothing throws. */
export class ServerLog {
  readonly #logger: Logger | undefined;
  // What clients, or sources that are followed for many of them, cause as often as they like.
  readonly #denials = new LogRate(10);
  readonly #sources = new LogRate(10);
  readonly #waiting = new LogRate(10);
  readonly #connections = new LogRate(10);

  /** When a connection failed, by its cause and address. */
  readonly #failed = new RecentKeys(1000);

  /** @param log - undefined: NACKs and faults go to the console; false: nothing is logged */
  constructor(log: Logger | false | undefined) {
    this.#logger = log === false ? undefined : log ?? CONSOLE;
  }

  nack(stream: StreamInfo, nack: NackInfo): void {
    this.#write("warn", () => nackEntry(stream, nack));
  }

  quarantined(stream: StreamInfo, content: QuarantineInfo): void {
    this.#write("warn", () => quarantineEntry(stream, content));
  }

  fault(error: unknown, stream: StreamInfo | undefined): void {
    this.#write("error", () => faultEntry(error, stream));
  }

  /** A client was denied access. */
  denied(denial: Denial): void {
    this.#writeSome(this.#denials, "warn", () => deniedEntry(denial));
  }

  /** The source of a type has thrown, and is called again. */
  sourceFault(error: NonNullable<unknown>, source: FailedSource): void {
    this.#writeSome(this.#sources, "error", () => sourceFaultEntry(error, source));
  }

  /** A node has no configuration. */
  waiting(node: Node, why: string): void {
    this.#writeSome(this.#waiting, "warn", () => waitingEntry(node, why));
  }

  /** A client waits for a name that does not exist. */
  missing(stream: StreamInfo, name: MissingName): void {
    this.#writeSome(this.#waiting, "warn", () => missingEntry(stream, name));
  }

  /** A connection has ended before a stream. Clients try again each second, so each cause is written once a minute. */
  connectionFailed(connection: FailedConnection): void {
    const { peer = "", cause } = connection;
    const key = `${cause} ${peer.slice(0, peer.lastIndexOf(":"))}`;
    const [now, last = -Infinity] = [performance.now(), this.#failed.get(key)];
    if (now - last < FAILED_AGAIN_MS) return;
    this.#failed.set(key, now);
    this.#writeSome(this.#connections, "warn", () => connectionEntry(connection));
  }

  opened(stream: StreamInfo): void {
    if (this.#isDebug()) this.#write("debug", () => openEntry(stream));
  }

  /** @param error - the error that was sent to the client; undefined for OK */
  closed(stream: StreamInfo, error: ConnectError | undefined): void {
    if (this.#isDebug()) this.#write("debug", () => closeEntry(stream, error));
  }

  /** Receives the decisions of a stream; undefined where they are not logged. */
  traceOf(stream: () => StreamInfo): Trace | undefined {
    if (!this.#isDebug()) return undefined;
    return (decision) => {
      // These have their line already, as a warning.
      if (decision.word !== "NACK" && decision.word !== "QUARANTINE") {
        this.#write("debug", () => decisionEntry(stream(), decision));
      }
    };
  }

  #isDebug(): boolean {
    const logger = this.#logger;
    try {
      if (logger?.debug === undefined) return false;
      const isEnabled: unknown = logger.isLevelEnabled?.("debug") ?? true;
      onRejection(isEnabled, () => {});
      return isEnabled === true;
    } catch {
      return false;
    }
  }

  /** Only the first lines of each second are written; a later one says how many were not. */
  #writeSome(rate: LogRate, level: "warn" | "error", entry: () => LogEntry): void {
    if (!rate.mayLog()) return;
    const suppressed = rate.takeSuppressed();
    this.#write(level, () => {
      const [fields, message] = entry();
      return suppressed === 0 ? [fields, message] : [{ ...fields, suppressed }, message];
    });
  }

  #write(level: "debug" | "warn" | "error", entry: () => LogEntry): void {
    const logger = this.#logger;
    if (logger === undefined) return;
    try {
      onRejection(logger[level]?.(...entry()), () => {});
    } catch {
      // A log that fails must not end a stream.
    }
  }
}

/** The time between two lines of one cause and address. */
const FAILED_AGAIN_MS = 60_000;

/** The line comes first: people read it. */
const CONSOLE: Logger = {
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
};
