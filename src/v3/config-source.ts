import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  ApiConfigSource_ApiType,
  ApiVersion,
  ConfigSourceSchema,
} from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import type { ConfigSource } from "./message-types.ts";

/** The source of the resources that one refers to, such as a cluster's endpoints: the ADS stream of that resource. */
export function ads(): ConfigSource {
  return create(ConfigSourceSchema, {
    resourceApiVersion: ApiVersion.V3,
    configSourceSpecifier: { case: "ads", value: {} },
  });
}

/** An xDS server that is reached by gRPC. */
export interface GrpcSourceOptions {
  /** The name of the cluster of the xDS server, static as a rule. */
  readonly cluster: string;
  /** The variant of the protocol. Default: `delta`. */
  readonly variant?: "sotw" | "delta";
  /**
   * Whether Envoy sends its node, of some 60 kB, in the first request of a stream only. Default: false, which is Envoy's
   * own default: in each request.
   */
  readonly nodeOnFirstMessageOnly?: boolean;
}

/** The source of the resources that one refers to: a stream of its own to an xDS server, for one type. */
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

/** An xDS server that is polled by REST. */
export interface RestSourceOptions {
  /** The name of the cluster of the xDS server, static as a rule. */
  readonly cluster: string;
  /** The time between two polls, in milliseconds; Envoy adds a random part of up to as much again. */
  readonly refreshMs: number;
  /** The timeout of a poll, in milliseconds. Default: 1,000, which is Envoy's own. */
  readonly timeoutMs?: number;
}

/** The source of the resources that one refers to: polls of an xDS server, for one type that changes rarely. */
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
