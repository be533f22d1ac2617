import type { DiscoveryCallbacks, Logger, StreamInfo } from "../../mod.ts";
import { bindNode, logCallbacks } from "../../mod.ts";
import type { Consequence, Place } from "./place.ts";
import type { Act } from "./world.ts";

const STREAM_CALLBACKS: Readonly<Record<string, Consequence>> = {
  "StreamCallbacks.onRequest": "refuses",
  "StreamCallbacks.onResponse": "reported",
  "StreamCallbacks.onAck": "reported",
  "StreamCallbacks.onNack": "reported",
  "StreamCallbacks.onQuarantine": "reported",
  "StreamCallbacks.onRelease": "reported",
  "DiscoveryCallbacks.onStreamOpen": "refuses",
  "DiscoveryCallbacks.onStreamClose": "reported",
};

const FETCH_CALLBACKS: Readonly<Record<string, Consequence>> = {
  "DiscoveryCallbacks.onFetchRequest": "refuses",
  "DiscoveryCallbacks.onFetchResponse": "reported",
};

/** Code that `createDiscoveryServer` is given. */
export const SERVER_PLACES: Readonly<Record<string, Place>> = {
  ...callbacks(STREAM_CALLBACKS, (act) => (stream: StreamInfo) => stream.peer === "victim" ? act(() => {}) : undefined),
  ...callbacks(FETCH_CALLBACKS, (act) => () => act(() => {})),
  "DiscoveryCallbacks.onError": {
    consequence: "ignored",
    setup: (act) => ({ callbacks: { onError: () => act(() => {}), onResponse: failForVictim } }),
  },
  "logCallbacks(print)": {
    consequence: "ignored",
    setup: (act) => ({ callbacks: logCallbacks(() => act(() => {})) }),
  },
  "DiscoveryServerOptions.authorize": {
    consequence: "denied",
    setup: (act) => ({
      options: { authorizeTimeoutMs: 25, authorize: ({ node }) => node.id === "victim" ? act(() => true) : true },
    }),
  },
  "BindNodeOptions.idOf": {
    consequence: "denied",
    setup: (act) => ({
      options: {
        authorizeTimeoutMs: 25,
        authorize: ((bound) => (request) => request.node.id === "victim" ? bound(request) : true)(
          bindNode({ idOf: () => act(() => "victim") }),
        ),
      },
    }),
  },
  ...Object.fromEntries((["debug", "info", "warn", "error", "isLevelEnabled"] as const).map((name): [string, Place] => [
    `Logger.${name}`,
    {
      consequence: "ignored",
      isUncalled: name === "info",
      setup: (act) => ({ options: { log: logger(name, act) }, callbacks: { onAck: failForVictim } }),
    },
  ])),
};

function callbacks(
  names: Readonly<Record<string, Consequence>>,
  make: (act: Act) => (...args: never[]) => unknown,
): Record<string, Place> {
  return Object.fromEntries(
    Object.entries(names).map(([name, consequence]) => {
      const member = name.split(".")[1]!;
      return [name, { consequence, setup: (act) => ({ callbacks: { [member]: make(act) } as DiscoveryCallbacks }) }];
    }),
  );
}

function logger(name: keyof Logger, act: Act): Logger {
  return { debug() {}, warn() {}, error() {}, isLevelEnabled: () => true, [name]: () => act(() => true) };
}

/** A fault, for those that are called for one. */
function failForVictim({ peer }: StreamInfo): void {
  if (peer === "victim") throw new Error("A fault");
}
