import {
  bootstrap as makeBootstrap,
  configSource as makeSource,
  type EnvoyBootstrap,
  type EnvoyBootstrapOptions,
} from "../../src/v3/mod.ts";

export { XDS_CLUSTER } from "../../src/v3/mod.ts";

/** How an Envoy of the examples and tests gets its configuration. */
export interface BootstrapOptions extends SourceOptions {
  readonly nodeId: string;
  /** The port of the xDS server, on 127.0.0.1. */
  readonly xdsPort: number;
  /** The server speaks HTTP/1.1, for polls, and not HTTP/2. Default: false. */
  readonly http1?: boolean | undefined;
  /** The admin interface's port on 127.0.0.1. Default: 0, any that is free. */
  readonly adminPort?: number;
}

/** How an Envoy subscribes to one type of configuration. */
export interface SourceOptions {
  /** The variant of the protocol. Default: `delta`. */
  readonly variant?: "sotw" | "delta";
  /** One stream for all types (ADS), or a stream for each type. Default: true. */
  readonly aggregated?: boolean;
  /** Polls by REST instead, with that many milliseconds between them; never aggregated. Default: gRPC. */
  readonly pollMs?: number | undefined;
  /** Whether Envoy sends its node in its first request only. Default: false, as Envoy's own. */
  readonly nodeOnFirstMessageOnly?: boolean;
  /** How long Envoy waits for a first response before it continues without, in seconds; 0: for ever. Default: 15. */
  readonly initialFetchTimeoutSeconds?: number;
}

/** The configuration that Envoy starts with, in Envoy's JSON. */
export type Bootstrap = EnvoyBootstrap;

/** Makes the configuration that Envoy starts with: the address of the xDS server, which is the source of all else. */
export function bootstrap(options: BootstrapOptions): Bootstrap {
  const { nodeId, xdsPort, adminPort = 0, http1 = false } = options;
  const made = makeBootstrap({
    ...sourceOptions(options),
    server: `127.0.0.1:${xdsPort}`,
    node: nodeId,
    cluster: "example",
    adminPort,
  });
  if (!http1) return made;
  const clusters = made.static_resources.clusters.map((cluster) => {
    const { typed_extension_protocol_options: _, ...rest } = cluster as Record<string, unknown>;
    return rest;
  });
  return { ...made, static_resources: { clusters } };
}

/** Makes the source of one type of configuration, as Envoy's bootstrap has it. */
export function configSource(options: SourceOptions): object {
  return makeSource(sourceOptions(options));
}

function sourceOptions(options: SourceOptions): Omit<EnvoyBootstrapOptions, "server" | "node"> {
  const { variant, aggregated, pollMs, nodeOnFirstMessageOnly = false, initialFetchTimeoutSeconds: timeout } = options;
  return {
    ...pollMs !== undefined ? { variant: "rest", pollMs } : variant !== undefined && { variant },
    ...aggregated !== undefined && { aggregated },
    nodeOnFirstMessageOnly,
    ...timeout !== undefined && { initialFetchTimeoutMs: timeout * 1000 },
  };
}
