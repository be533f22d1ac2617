import type { ConnectError } from "@connectrpc/connect";
import { onRejection } from "../cache/mod.ts";
import { LogRate } from "./log-rate.ts";
import type { NackInfo, QuarantineInfo, StreamInfo, Trace } from "../stream/mod.ts";
import {
  closeEntry,
  decisionEntry,
  type Denial,
  deniedEntry,
  faultEntry,
  type LogEntry,
  nackEntry,
  openEntry,
  quarantineEntry,
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
  /** Logs a response that a client rejected (NACK), content that a client is not sent for it, and access that a client was denied. */
  warn(fields: object, message: string): void;
  /** Logs a fault of the cache, of a callback or of the server itself: the errors that `onError` receives. */
  error(fields: object, message: string): void;
  /** Whether a level, such as `debug`, is logged; pino has this method. Default: each level with a method is. */
  isLevelEnabled?(level: string): boolean;
}

/** Writes the events of a server to a log: names and versions of resources, never their content. Nothing throws. */
export class ServerLog {
  readonly #logger: Logger | undefined;
  readonly #denials = new LogRate(10);

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

  /** A client was denied access. Clients choose how often, so only the first lines of each second are written. */
  denied(denial: Denial): void {
    if (this.#denials.mayLog()) this.#write("warn", () => deniedEntry(denial));
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

/** The line comes first: people read it. */
const CONSOLE: Logger = {
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
};
