import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  combineCallbacks,
  createDiscoveryServer,
  type DiscoveryServer,
  type ServerStatus,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen, restListener } from "../../src/node/mod.ts";
import { admitValid, validate } from "../../src/validate/mod.ts";
import { Outputs } from "../canary/outputs.ts";
import type { Backend, Case } from "./case.ts";
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
  explain: DiscoveryServer["explain"];
  /** What it logs by default. */
  readonly lines: readonly string[];
  /** All that it has shown, if the case keeps it. */
  readonly outputs: Outputs;
}

/** Starts a server for the one Envoy of a case. */
export async function startServer(
  port: number,
  ofCase: Pick<Case, Used>,
  { http1 = false }: Pick<Mode, "http1">,
): Promise<RunningServer> {
  const { server: options, listen: listenOptions, admits = false, keepsOutputs = false } = ofCase;
  const { backend = () => setAtOnce(admits) } = ofCase;
  const journal = new Journal();
  const outputs = new Outputs();
  const { cache, publish, close } = await backend();
  const lines: string[] = [];
  const note = (_: object, line: string): void => void lines.push(line);
  const server = createDiscoveryServer({
    log: keepsOutputs ? outputs : { warn: note, error: note },
    ...options,
    cache,
    callbacks: keepsOutputs ? combineCallbacks(outputs.callbacks, journal.callbacks) : journal.callbacks,
  });
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
      publish(next);
      snapshot = next;
      errorsFound.push(...errorsIn(next));
    },
    status: () => server.status(),
    explain: server.explain,
    lines,
    async [Symbol.asyncDispose]() {
      await listener.close();
      server.close();
      close();
    },
  };
}

type Used = "server" | "listen" | "admits" | "backend" | "keepsOutputs";

function setAtOnce(admits: boolean): Backend {
  const cache = new SnapshotCache({ nodeHash: () => "all", ...admits && { admit: admitValid() } });
  return { cache, publish: (snapshot) => cache.setSnapshot("all", snapshot), close: () => {} };
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
