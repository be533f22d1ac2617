import { create } from "@bufbuild/protobuf";
import { HealthCheckSchema } from "../../../gen/envoy/config/core/v3/health_check_pb.ts";
import type { HealthCheck } from "../message-types.ts";
import type { DurationValue } from "./duration.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { HealthCheckFields } from "./message-fields.ts";

/** Options of {@link healthCheck}: also any other field of `HealthCheck`. */
export interface HealthCheckOptions extends HealthCheckFields {
  /** Checks by HTTP: the path that responds with status 200. */
  readonly path?: string;
  /** Checks by gRPC's health service: the name of the service, or `true` for the whole server. */
  readonly grpc?: string | true;
  /** The time between two checks. Default: 10 s. */
  readonly interval?: DurationValue;
  /** How long to wait for a response. Default: 1 s. */
  readonly timeout?: DurationValue;
  /** After how many failures in a row a host gets no requests. Default: 3. */
  readonly unhealthyThreshold?: number;
  /** After how many successes in a row it gets requests again. Default: 1. */
  readonly healthyThreshold?: number;
}

/**
 * Makes an active health check of hosts by Envoy, one of the field `healthChecks` of a cluster: by HTTP with `path`, by
 * gRPC with `grpc`, or else by opening a TCP connection. The defaults are those of a probe in Kubernetes.
 *
 * @throws TypeError if both `path` and `grpc` are given, or a path does not begin with a slash
 *
 * @example
 * ```ts
 * edsCluster("echo", ["10.0.0.1:8080"], { healthChecks: [healthCheck({ path: "/healthz", interval: "5s" })] });
 * ```
 */
export function healthCheck({ path, grpc, ...fields }: HealthCheckOptions = {}): HealthCheck {
  const healthChecker = checkerOf(path, grpc);
  const rest = withDurations(HealthCheckSchema, { ...DEFAULTS, ...fields });
  return create(HealthCheckSchema, { ...rest, healthChecker });
}

const DEFAULTS = { interval: 10_000, timeout: 1_000, unhealthyThreshold: 3, healthyThreshold: 1 };

type Checker = NonNullable<Fields<typeof HealthCheckSchema>["healthChecker"]>;

function checkerOf(path: string | undefined, grpc: string | true | undefined): Checker {
  if (path === undefined && grpc === undefined) return { case: "tcpHealthCheck", value: {} };
  if (grpc === undefined) {
    if (!path!.startsWith("/")) {
      throw new TypeError(`Cannot check the health by the path "${path}": it must begin with a slash`);
    }
    return { case: "httpHealthCheck", value: { path: path! } };
  }
  if (path !== undefined) throw new TypeError("Cannot check the health by path and grpc: give one of them");
  return { case: "grpcHealthCheck", value: grpc === true ? {} : { serviceName: grpc } };
}
