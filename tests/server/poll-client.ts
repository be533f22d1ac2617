import type { JsonObject } from "@bufbuild/protobuf";
import { createDiscoveryServer, type DiscoveryServer, type DiscoveryServerOptions } from "../../src/server/mod.ts";

/** What came of a poll. */
export interface Polled {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined where the answer is not JSON. */
  readonly json: PolledJson | undefined;
}

/** A `DiscoveryResponse` in JSON. */
export interface PolledJson {
  readonly versionInfo: string;
  readonly typeUrl: string;
  readonly resources: readonly JsonObject[];
  readonly [field: string]: unknown;
}

/** The node of a poll that has none of its own. */
export const NODE = { id: "node" };

/** Polls a server by its `fetch`. */
export class Poller {
  readonly server: DiscoveryServer;
  /** What was the server's own fault. */
  readonly errors: unknown[] = [];

  constructor(options: DiscoveryServerOptions) {
    const callbacks = { onError: (error: unknown) => void this.errors.push(error), ...options.callbacks };
    this.server = createDiscoveryServer({ fetchWaitMs: 50, ...options, callbacks });
  }

  /** @param path - what follows `/v3/discovery:`, or a whole path */
  poll(path: string, request: unknown = {}, init: RequestInit = {}): Promise<Polled> {
    const body = typeof request === "string" ? request : JSON.stringify({ node: NODE, ...request as object });
    return this.send(path, { method: "POST", headers: { "content-type": "application/json" }, body, ...init });
  }

  async send(path: string, init: RequestInit): Promise<Polled> {
    const url = `http://localhost${path.startsWith("/") ? path : `/v3/discovery:${path}`}`;
    return polled(await this.server.fetch(new Request(url, init)));
  }
}

/** Reads an answer. */
export async function polled(response: Response): Promise<Polled> {
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** The names of the resources of an answer. */
export function namesOf({ json }: Polled): unknown[] | undefined {
  return json?.resources.map((resource) => resource["name"] ?? resource["clusterName"]);
}
