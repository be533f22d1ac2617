import type { ConnectError } from "@connectrpc/connect";
import type { StreamCallbacks, StreamInfo } from "../stream/mod.ts";
import type { FetchInfo, FetchRequest, FetchResponse } from "./polls/poll-request.ts";

/**
 * What a server tells of its streams and polls. All callbacks are synchronous, and whatever they throw, the process and the
 * other streams go on.
 */
export interface DiscoveryCallbacks extends StreamCallbacks {
  /**
   * A stream was opened; nothing was read from it yet. To refuse it, throw a `ConnectError`: the client gets its code
   * and message. Anything else that is thrown ends the stream with INTERNAL and a fixed text. The same goes for
   * `onRequest`.
   */
  onStreamOpen?(stream: StreamInfo): void;
  /**
   * A stream is over: called once for each that was opened, refused ones too.
   *
   * @param error - what the client was told, or why it could not be told; undefined if the client ended the stream
   * in order
   */
  onStreamClose?(stream: StreamInfo, error: ConnectError | undefined): void;
  /**
   * A poll has arrived, by REST or unary `Fetch`. What is thrown refuses it, as in `onStreamOpen`. That an old version
   * comes again and again may mean that the client rejects what it is sent: a poll has no other way to say it.
   */
  onFetchRequest?(fetch: FetchInfo, request: FetchRequest): void;
  /** A poll has an answer, which is about to be sent. It is not called for a poll that is refused. */
  onFetchResponse?(fetch: FetchInfo, response: FetchResponse): void;
  /** A fault that is not the client's: what a callback or the cache threw. Default: ignored. */
  onError?(error: unknown, stream: StreamInfo | undefined): void;
}

/** Callbacks that may be called from anywhere: only those throw that may refuse something. */
export function guardCallbacks(callbacks: DiscoveryCallbacks): DiscoveryCallbacks {
  const guarded: Record<string, Callback> = {};
  for (const name of Object.keys(KINDS) as Name[]) {
    const callback = callbacks[name] as Callback | undefined;
    if (callback === undefined) continue;
    guarded[name] = (...args) => call(callbacks, name, callback, args);
  }
  return guarded as DiscoveryCallbacks;
}

type Callback = (...args: unknown[]) => unknown;

/** Of each callback, whether it is of a stream, and whether what it throws is for its caller. */
const KINDS = {
  onStreamOpen: { ofStream: true, refuses: true },
  onStreamClose: { ofStream: true, refuses: false },
  onRequest: { ofStream: true, refuses: true },
  onResponse: { ofStream: true, refuses: false },
  onAck: { ofStream: true, refuses: false },
  onNack: { ofStream: true, refuses: false },
  onFetchRequest: { ofStream: false, refuses: true },
  onFetchResponse: { ofStream: false, refuses: false },
  onError: { ofStream: false, refuses: false },
} as const;

type Name = keyof typeof KINDS;

function call(callbacks: DiscoveryCallbacks, name: Name, callback: Callback, args: unknown[]): void {
  const { ofStream, refuses } = KINDS[name];
  const stream = ofStream ? args[0] as StreamInfo : undefined;
  try {
    const result = callback.apply(callbacks, args);
    // Types allow an async function here; its rejection must not end the process.
    if (result instanceof Promise) result.catch((error) => report(callbacks, error, stream));
  } catch (error) {
    if (refuses) throw error;
    if (name !== "onError") report(callbacks, error, stream);
  }
}

function report(callbacks: DiscoveryCallbacks, error: unknown, stream: StreamInfo | undefined): void {
  try {
    const result: unknown = callbacks.onError?.(error, stream);
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // There is nobody left to tell.
  }
}
