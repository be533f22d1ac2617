import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createDiscoveryServer,
  type DiscoveryCallbacks,
  type DiscoveryServer,
  type ServerStatus,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen, restListener } from "../../src/node/mod.ts";
import { admitValid, validate } from "../../src/validate/mod.ts";
import { Outputs } from "../canary/outputs.ts";
import type { Case } from "./case.ts";
import { Journal } from "./journal.ts";
import type { Mode } from "./modes.ts";

/** A server that writes down what it sends, and what comes back. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly journal: Journal;
  /** What was published last. */
  readonly snapshot: Snapshot;
  publish(snapshot: Snapshot): void;
  /** What validation takes for errors in what was published. */
  readonly errorsFound: readonly string[];
  status(): ServerStatus;
  /** All that it has shown, if the case keeps it. */
  readonly outputs: Outputs;
}

/** Starts a server for the one Envoy of a case. */
export async function startServer(
  port: number,
  { server: options, listen: listenOptions, admits = false, keepsOutputs = false }: Pick<
    Case,
    "server" | "listen" | "admits" | "keepsOutputs"
  >,
  { http1 = false }: Pick<Mode, "http1">,
): Promise<RunningServer> {
  const journal = new Journal();
  const cache = new SnapshotCache({ nodeHash: () => "all", ...admits && { admit: admitValid() } });
  const outputs = new Outputs();
  const callbacks = keepsOutputs ? both(outputs.callbacks, journal.callbacks) : journal.callbacks;
  const server = createDiscoveryServer({ log: keepsOutputs ? outputs : false, ...options, cache, callbacks });
  const listener = await (http1 ? listenHttp1(server, port) : listen(server, { ...listenOptions, port }));
  let snapshot = new Snapshot({ resources: [] });
  const errorsFound: string[] = [];
  return {
    port: listener.port,
    journal,
    get snapshot() {
      return snapshot;
    },
    errorsFound,
    outputs,
    publish(next) {
      cache.setSnapshot("all", next);
      snapshot = next;
      errorsFound.push(...errorsIn(next));
    },
    status: () => server.status(),
    async [Symbol.asyncDispose]() {
      await listener.close();
      server.close();
    },
  };
}

/** Callbacks that call those of two. */
function both(first: DiscoveryCallbacks, second: DiscoveryCallbacks): DiscoveryCallbacks {
  type Call = (...args: unknown[]) => unknown;
  const others = second as Readonly<Record<string, Call | undefined>>;
  return Object.fromEntries(
    Object.entries(first).map(([name, call]) => [name, (...args: unknown[]) => {
      (call as Call)(...args);
      others[name]?.(...args);
    }]),
  );
}

function errorsIn(snapshot: Snapshot): string[] {
  const errors = validate(snapshot).filter(({ severity }) => severity === "error");
  return errors.map(({ resource, path, rule, message, value = "" }) =>
    `${resource} ${path}: ${message} [${rule}] ${value}`
  );
}

async function listenHttp1(
  server: DiscoveryServer,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const http = createServer(restListener(server));
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = once(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}
