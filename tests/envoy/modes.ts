import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { configSource, type SourceOptions, XDS_CLUSTER } from "../../examples/demo/bootstrap.ts";
import { RetryPolicySchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { ConfigSource } from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import { ads, grpcSource, restSource } from "../../src/v3/mod.ts";

/** A way in which Envoy can talk to the server. */
export interface Mode extends SourceOptions {
  /** As it is in the table and on the command line. */
  readonly name: string;
  readonly what: string;
  readonly variant: "sotw" | "delta";
  readonly aggregated: boolean;
  /** By HTTP/1.1, which is for polls. Default: HTTP/2. */
  readonly http1?: boolean;
}

/** All of them. */
export const MODES: readonly Mode[] = [
  ...both({ name: "ads-sotw", what: "ADS, state of the world", variant: "sotw", aggregated: true }),
  ...both({ name: "ads-delta", what: "ADS, delta", variant: "delta", aggregated: true }),
  ...both({ name: "xds-sotw", what: "a stream per type, state of the world", variant: "sotw", aggregated: false }),
  ...both({ name: "xds-delta", what: "a stream per type, delta", variant: "delta", aggregated: false }),
  rest({ name: "rest", what: "polls by REST, over HTTP/2" }),
  rest({ name: "rest-http1", what: "the same, over HTTP/1.1", http1: true }),
];

/** The source of what a resource refers to. */
export function sourceOf(mode: Mode): ConfigSource {
  const source = make(mode);
  source.initialFetchTimeout = NO_TIMEOUT;
  return source;
}

function make(mode: Mode): ConfigSource {
  if (mode.pollMs !== undefined) return restSource({ cluster: XDS_CLUSTER, refreshMs: mode.pollMs, timeoutMs: 5_000 });
  return mode.aggregated ? ads() : reconnecting(grpcSource({ ...mode, cluster: XDS_CLUSTER }));
}

/** As in the bootstrap: by default Envoy waits up to 30 s before it connects again. */
function reconnecting(source: ConfigSource): ConfigSource {
  const { value: api } = source.configSourceSpecifier as ApiSource;
  for (const { targetSpecifier } of api.grpcServices) {
    if (targetSpecifier.case !== "envoyGrpc") continue;
    targetSpecifier.value.retryPolicy = create(RetryPolicySchema, {
      retryBackOff: { baseInterval: durationFromMs(100), maxInterval: durationFromMs(1_000) },
    });
  }
  return source;
}

type ApiSource = Extract<ConfigSource["configSourceSpecifier"], { readonly case: "apiConfigSource" }>;

/** The same in the JSON of Envoy's bootstrap. */
export function bootstrapSourceOf(mode: Mode): object {
  return configSource(mode);
}

/**
 * With a node of 77 kB in each, and a poll for each cluster and route configuration, more polls than these keep Envoy from
 * its work; and the second that it waits for a response by default is too little on a busy machine.
 */
function rest(mode: Pick<Mode, "name" | "what" | "http1">): Mode {
  return { ...mode, variant: "sotw", aggregated: false, pollMs: 250, initialFetchTimeoutSeconds: 0 };
}

const NO_TIMEOUT = { $typeName: "google.protobuf.Duration", seconds: 0n, nanos: 0 } as const;

/**
 * A mode with Envoy's node in every request, and with it in the first one only. None lets Envoy give up on a response
 * that it has requested, so that none can be missing unseen.
 */
function both(mode: Omit<Mode, "initialFetchTimeoutSeconds" | "nodeOnFirstMessageOnly">): Mode[] {
  return [
    { ...mode, initialFetchTimeoutSeconds: 0 },
    {
      ...mode,
      name: `${mode.name}-node-once`,
      what: "the same, with set_node_on_first_message_only",
      nodeOnFirstMessageOnly: true,
      initialFetchTimeoutSeconds: 0,
    },
  ];
}
