import type { ConnectError } from "@connectrpc/connect";
import type { Settings } from "../options.ts";
import { afterPatience } from "../patience.ts";
import { grpcTimeoutMs } from "./grpc-timeout.ts";
import { deadlinePassed, incomplete, silent } from "./stream-errors.ts";

/** What {@link RequestTimes} need. */
export interface RequestTimesOptions {
  readonly settings: Pick<Settings, "requestTimeoutMs" | "firstRequestTimeoutMs">;
  /** The header `grpc-timeout`, if there is one. */
  readonly timeout: string | null;
  /** Ends the stream. */
  readonly end: (reason: ConnectError) => void;
}

/** The times that the client of a stream has: for all of it, for the first request, and for each from its first byte on. */
export class RequestTimes {
  readonly #options: RequestTimesOptions;
  #deadline: ReturnType<typeof setTimeout> | undefined = undefined;
  #silent: Cancel | undefined = undefined;
  #incomplete: Cancel | undefined = undefined;

  constructor(options: RequestTimesOptions) {
    this.#options = options;
  }

  /** The stream has opened. */
  start(): void {
    const { settings: { firstRequestTimeoutMs }, timeout, end } = this.#options;
    const timeoutMs = grpcTimeoutMs(timeout);
    if (timeoutMs !== undefined) this.#deadline = setTimeout(() => end(deadlinePassed()), timeoutMs);
    this.#silent = afterPatience(firstRequestTimeoutMs, () => end(silent(firstRequestTimeoutMs)));
  }

  /** A part of a request has arrived. */
  began(): void {
    if (this.#incomplete !== undefined) return;
    const { settings: { requestTimeoutMs }, end } = this.#options;
    this.#incomplete = afterPatience(requestTimeoutMs, () => end(incomplete(requestTimeoutMs)));
  }

  /** A whole request has arrived. */
  received(): void {
    if (this.#silent !== undefined) {
      this.#silent();
      this.#silent = undefined;
    }
    if (this.#incomplete !== undefined) {
      this.#incomplete();
      this.#incomplete = undefined;
    }
  }

  /** The stream has ended. */
  stop(): void {
    clearTimeout(this.#deadline);
    this.received();
  }
}

type Cancel = () => void;
