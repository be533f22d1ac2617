import type { ConnectError } from "@connectrpc/connect";
import type { StreamCallbacks, StreamInfo } from "../stream/mod.ts";

/**
 * What a server tells of its streams. All callbacks are synchronous, and whatever they throw, the process and the
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
  /** A fault that is not the client's: what a callback or the cache threw. Default: ignored. */
  onError?(error: unknown, stream: StreamInfo | undefined): void;
}

/** Callbacks that may be called from anywhere: only `onStreamOpen` and `onRequest` throw. */
export function guardCallbacks(callbacks: DiscoveryCallbacks): DiscoveryCallbacks {
  const guarded: Record<string, Callback> = {};
  for (const name of NAMES) {
    const callback = callbacks[name] as Callback | undefined;
    if (callback === undefined) continue;
    guarded[name] = (...args) => call(callbacks, name, callback, args);
  }
  return guarded as DiscoveryCallbacks;
}

type Callback = (...args: unknown[]) => unknown;

const NAMES = ["onStreamOpen", "onStreamClose", "onRequest", "onResponse", "onAck", "onNack", "onError"] as const;

function call(callbacks: DiscoveryCallbacks, name: typeof NAMES[number], callback: Callback, args: unknown[]): void {
  const stream = name === "onError" ? undefined : args[0] as StreamInfo;
  try {
    const result = callback.apply(callbacks, args);
    // Types allow an async function here; its rejection must not end the process.
    if (result instanceof Promise) result.catch((error) => report(callbacks, error, stream));
  } catch (error) {
    if (name === "onStreamOpen" || name === "onRequest") throw error;
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
