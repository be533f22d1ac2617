import type { DiscoveryCallbacks } from "../../mod.ts";
import type { Misbehaviour } from "./server-command.ts";

/** Calls of callbacks. */
export interface Counts {
  opened: number;
  closed: number;
  nacks: number;
  sent: number;
  faults: number;
}

/** What callbacks do with the cache that they are called for. */
export interface Reenter {
  publish(): void;
  clear(): void;
}

/** The callbacks of a user whose code is wrong. */
export function misbehaving(how: Misbehaviour, reenter: Reenter): DiscoveryCallbacks {
  // A callback is called with nothing that it needs here, so that one function stands for all.
  const misbehave = (): unknown => {
    switch (how) {
      case "throw":
        throw new Error("A callback of the user");
      case "throw a proxy":
        throw THROWS;
      case "reject":
        return Promise.reject(new Error("A callback of the user"));
      case "hang":
        return new Promise(() => {});
      case "publish":
        return reenter.publish();
      case "clear":
        return reenter.clear();
    }
  };
  const names = ["onRequest", "onResponse", "onAck", "onNack", "onStreamClose", "onFetchRequest", "onFetchResponse"];
  return Object.fromEntries(names.map((name) => [name, misbehave])) as DiscoveryCallbacks;
}

/** Counts the calls of callbacks, and passes them on. */
export function counting(counts: Counts, inner: DiscoveryCallbacks): DiscoveryCallbacks {
  return {
    ...inner,
    onStreamOpen: () => void counts.opened++,
    onResponse(...args) {
      counts.sent++;
      return inner.onResponse?.(...args);
    },
    onNack(...args) {
      counts.nacks++;
      return inner.onNack?.(...args);
    },
    onStreamClose(...args) {
      counts.closed++;
      return inner.onStreamClose?.(...args);
    },
    onError: () => void counts.faults++,
  };
}

/** Whatever is done with it throws. */
const THROWS: object = new Proxy({}, {
  get() {
    throw new Error("A getter of the user");
  },
  has() {
    throw new Error("A getter of the user");
  },
  getPrototypeOf() {
    throw new Error("A getter of the user");
  },
});
