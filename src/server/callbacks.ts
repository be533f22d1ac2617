import { onRejection } from "../cache/mod.ts";
import type { StreamCallbacks, StreamInfo } from "../stream/mod.ts";
import type { ConnectError } from "./connect-types.ts";
import type { FailedSource } from "./log-entries.ts";
import type { ServerLog } from "./log.ts";
import { readableError, readableFault } from "./readable-error.ts";
import type { FetchInfo, FetchRequest, FetchResponse } from "./polls/poll-request.ts";

/**
 * The events of a server's streams and polls. Callbacks are synchronous. An error that one throws ends at most its own
 * stream or poll, never the process.
 */
export interface DiscoveryCallbacks extends StreamCallbacks {
  /**
   * A stream was opened; nothing was read from it yet. To refuse it, throw a `ConnectError`: the client gets its code
   * and message. Any other error ends the stream with INTERNAL and a fixed text. The same holds for `onRequest`.
   */
  onStreamOpen?(stream: StreamInfo): void;
  /**
   * A stream has ended: called once for each that was opened, also for refused ones.
   *
   * @param error - the error that was sent to the client, or why none could be sent; undefined if the client ended the
   * stream in order
   */
  onStreamClose?(stream: StreamInfo, error: ConnectError | undefined): void;
  /**
   * A poll has arrived, by REST or unary `Fetch`. A thrown error refuses it, as in `onStreamOpen`. A client that sends
   * an old version again and again may be rejecting its responses: a poll has no other way to NACK.
   */
  onFetchRequest?(fetch: FetchInfo, request: FetchRequest): void;
  /** The response to a poll is about to be sent. Not called for a poll that is refused. */
  onFetchResponse?(fetch: FetchInfo, response: FetchResponse): void;
  /**
   * A fault that is not the client's: an error of a callback, of the cache, or of a source that it follows. It is logged as well, see
   * {@link DiscoveryServerOptions.log}.
   *
   * @param stream - the stream on which it happened; undefined for a poll
   */
  onError?(error: unknown, stream: StreamInfo | undefined): void;
}

/** Callbacks as the server calls them. */
export interface GuardedCallbacks extends DiscoveryCallbacks {
  /** Does not throw. */
  onError(error: unknown, stream: StreamInfo | undefined): void;
  /** The source of a type has thrown: it is logged, and `onError` is called. Does not throw. */
  onSourceError(error: unknown, source: FailedSource): void;
}

/**
 * Callbacks that may be called from anywhere: only those throw that may refuse a stream or a poll. NACKs and faults are
 * logged first.
 */
export function guardCallbacks(callbacks: DiscoveryCallbacks, log: ServerLog): GuardedCallbacks {
  const guarded: Partial<Record<Name, Callback>> = {};
  for (const [name, kind] of Object.entries(KINDS) as [Exclude<Name, "onError">, Kind][]) {
    const callback = callbacks[name] as Callback | undefined;
    if (callback !== undefined) guarded[name] = guard(callback.bind(callbacks), kind, onError);
  }
  const { onNack, onQuarantine } = guarded as DiscoveryCallbacks;
  return {
    ...guarded,
    onError,
    onSourceError(thrown, source) {
      const error = readableFault(thrown);
      log.sourceFault(error, source);
      report(error, source.stream);
    },
    onNack(stream, nack) {
      log.nack(stream, nack);
      onNack?.(stream, nack);
    },
    onQuarantine(stream, content) {
      log.quarantined(stream, content);
      onQuarantine?.(stream, content);
    },
  };

  function onError(thrown: unknown, stream: StreamInfo | undefined): void {
    const error = readableFault(thrown);
    log.fault(error, stream);
    report(error, stream);
  }

  function report(error: NonNullable<unknown>, stream: StreamInfo | undefined): void {
    try {
      onRejection(callbacks.onError?.(error, stream), (reason) => log.fault(readableFault(reason), stream));
    } catch (reason) {
      log.fault(readableFault(reason), stream);
    }
  }
}

type Name = keyof DiscoveryCallbacks;
type Callback = (...args: unknown[]) => unknown;

interface Kind {
  /** Its first argument is a stream. */
  readonly ofStream: boolean;
  /** An error that it throws refuses the stream or the poll, so it is the caller's. */
  readonly refuses: boolean;
}

const KINDS: Readonly<Record<Exclude<Name, "onError">, Kind>> = {
  onStreamOpen: { ofStream: true, refuses: true },
  onStreamClose: { ofStream: true, refuses: false },
  onRequest: { ofStream: true, refuses: true },
  onResponse: { ofStream: true, refuses: false },
  onAck: { ofStream: true, refuses: false },
  onNack: { ofStream: true, refuses: false },
  onQuarantine: { ofStream: true, refuses: false },
  onRelease: { ofStream: true, refuses: false },
  onFetchRequest: { ofStream: false, refuses: true },
  onFetchResponse: { ofStream: false, refuses: false },
};

function guard(callback: Callback, { ofStream, refuses }: Kind, onError: OnError): Callback {
  return function guarded(...args) {
    const stream = ofStream ? args[0] as StreamInfo : undefined;
    try {
      onRejection(callback(...args), (error) => onError(error, stream));
    } catch (error) {
      if (refuses) throw readableError(error);
      onError(error, stream);
    }
  };
}

type OnError = (error: unknown, stream: StreamInfo | undefined) => void;
