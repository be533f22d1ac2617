import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server for polls in its own process, on any runtime. */
export interface RestServer {
  /** On 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the server for polls on a runtime that runs files. */
export async function startRestServer([program, ...args]: readonly string[]): Promise<RestServer> {
  const file = join(import.meta.dirname, "rest-server.ts");
  const process = spawn(program!, [...args, file], { stdio: ["pipe", "pipe", "inherit"] });
  const exit = once(process, "exit");
  const { value, done } = await createInterface({ input: process.stdout })[Symbol.asyncIterator]().next();
  if (done) throw new Error(`The server has exited with ${process.exitCode}`);
  return {
    port: Number(value),
    async stop() {
      process.stdin.end();
      await exit;
    },
  };
}

/** A poll, and the response that it must get. */
export interface RestCase {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  /** The body, or the fields of the request beside the node. */
  readonly request: string | Readonly<Record<string, unknown>>;
  readonly contentType?: string;
  readonly status: number;
  /** A part of the response's body. */
  readonly holds?: string;
}

const MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ENDPOINTS = "/v3/discovery:endpoints";

/** The polls that every runtime has to serve. */
export const REST_CASES: readonly RestCase[] = [
  { name: "R1 R8 everything", path: "/v3/discovery:clusters", request: {}, status: 200, holds: `"versionInfo":"1"` },
  {
    name: "R3 an Any, of a type that is loaded on demand",
    path: "/v3/discovery:listeners",
    request: {},
    status: 200,
    holds: `"@type":"type.googleapis.com/${MANAGER}"`,
  },
  { name: "R2 R8 names", path: ENDPOINTS, request: { resource_names: ["b"] }, status: 200, holds: `"clusterName":"b"` },
  { name: "R4 the client is up to date", path: ENDPOINTS, request: { version_info: "1" }, status: 304 },
  {
    name: "R4 more names at the same version",
    path: ENDPOINTS,
    request: { version_info: "1", resource_names: ["a", "b"] },
    status: 200,
  },
  { name: "R6 no such path", path: "/v3/discovery:nope", request: {}, status: 404, holds: "no such path" },
  { name: "R6 no such node", path: ENDPOINTS, request: `{"node": {"id": "x"}}`, status: 404, holds: "this node" },
  { name: "R6 no JSON", path: ENDPOINTS, request: "{", status: 400, holds: "not JSON" },
  { name: "R6 too large", path: ENDPOINTS, request: " ".repeat(20_000), status: 413, holds: "10000 bytes" },
  { name: "R6 not JSON by its type", path: ENDPOINTS, request: {}, contentType: "text/plain", status: 415 },
  { name: "R6 not a POST", method: "PUT", path: ENDPOINTS, request: {}, status: 405 },
  {
    name: "R9 unary Fetch by Connect",
    path: "/envoy.service.listener.v3.ListenerDiscoveryService/FetchListeners",
    request: {},
    status: 200,
    holds: MANAGER,
  },
];
