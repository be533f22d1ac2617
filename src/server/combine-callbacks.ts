import type { DiscoveryCallbacks } from "./callbacks.ts";

/**
 * Makes one set of callbacks of several, such as those that log and those that count. Each event calls all of them, in
 * order. The first error counts, once all were called, so that each of them may still refuse a stream or a poll.
 */
export function combineCallbacks(...all: readonly DiscoveryCallbacks[]): DiscoveryCallbacks {
  const combined: Record<string, Callback> = {};
  for (const name of CALLBACK_NAMES) {
    const callbacks = all.filter((each) => each[name] !== undefined);
    if (callbacks.length === 0) continue;
    combined[name] = (...args) => callAll(callbacks.map((each) => () => (each[name] as Callback).apply(each, args)));
  }
  return combined;
}

/** @returns undefined, or a promise if one is returned @throws the first error */
function callAll(calls: readonly (() => unknown)[]): Promise<unknown> | undefined {
  let first: { readonly thrown: unknown } | undefined;
  const pending: unknown[] = [];
  for (const call of calls) {
    try {
      const result = call();
      if (typeof result === "object" && result !== null && "then" in result) pending.push(result);
    } catch (thrown) {
      first ??= { thrown };
    }
  }
  const all = pending.length === 0 ? undefined : Promise.all(pending);
  if (first === undefined) return all;
  all?.catch(() => {});
  throw first.thrown;
}

type Callback = (...args: unknown[]) => unknown;

/** The names of all callbacks. */
export const CALLBACK_NAMES: readonly (keyof DiscoveryCallbacks)[] = [
  "onStreamOpen",
  "onStreamClose",
  "onRequest",
  "onResponse",
  "onAck",
  "onNack",
  "onQuarantine",
  "onRelease",
  "onFetchRequest",
  "onFetchResponse",
  "onError",
];
