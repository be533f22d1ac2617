import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  ApiConfigSource_ApiType,
  ApiVersion,
  ConfigSourceSchema,
} from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import type { ConfigSource } from "./message-types.ts";

/** The source for what a resource refers to, such as a cluster's endpoints: the ADS stream that brought the resource. */
export function ads(): ConfigSource {
  return create(ConfigSourceSchema, {
    resourceApiVersion: ApiVersion.V3,
    configSourceSpecifier: { case: "ads", value: {} },
  });
}

/** How to reach an xDS server by gRPC. */
export interface GrpcSourceOptions {
  /** The cluster of the xDS server, static as a rule. */
  readonly cluster: string;
  /** The variant of the protocol. Default: `delta`. */
  readonly variant?: "sotw" | "delta";
  /**
   * Whether Envoy describes itself in the first request of a stream only, and not in each: a description takes some
   * 60 kB. Default: false, as Envoy's own.
   */
  readonly nodeOnFirstMessageOnly?: boolean;
}

/** The source for what a resource refers to: a stream of its own to an xDS server, of that one type. */
export function grpcSource(options: GrpcSourceOptions): ConfigSource {
  const { cluster, variant = "delta", nodeOnFirstMessageOnly = false } = options;
  return create(ConfigSourceSchema, {
    resourceApiVersion: ApiVersion.V3,
    configSourceSpecifier: {
      case: "apiConfigSource",
      value: {
        apiType: variant === "delta" ? ApiConfigSource_ApiType.DELTA_GRPC : ApiConfigSource_ApiType.GRPC,
        transportApiVersion: ApiVersion.V3,
        setNodeOnFirstMessageOnly: nodeOnFirstMessageOnly,
        grpcServices: [{ targetSpecifier: { case: "envoyGrpc", value: { clusterName: cluster } } }],
      },
    },
  });
}

/** How to reach an xDS server by REST. */
export interface RestSourceOptions {
  /** The cluster of the xDS server, static as a rule. */
  readonly cluster: string;
  /** How long Envoy waits between two polls, in milliseconds; it adds up to as much again by chance. */
  readonly refreshMs: number;
  /** How long Envoy waits for an answer, in milliseconds. Default: 1,000, Envoy's own. */
  readonly timeoutMs?: number;
}

/** The source for what a resource refers to: polls of an xDS server, of that one type. Meant for what changes rarely. */
export function restSource({ cluster, refreshMs, timeoutMs }: RestSourceOptions): ConfigSource {
  return create(ConfigSourceSchema, {
    resourceApiVersion: ApiVersion.V3,
    configSourceSpecifier: {
      case: "apiConfigSource",
      value: {
        apiType: ApiConfigSource_ApiType.REST,
        transportApiVersion: ApiVersion.V3,
        clusterNames: [cluster],
        refreshDelay: durationFromMs(refreshMs),
        ...timeoutMs !== undefined && { requestTimeout: durationFromMs(timeoutMs) },
      },
    },
  });
}
