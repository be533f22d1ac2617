import { AccessLogSchema } from "../../../gen/envoy/config/accesslog/v3/accesslog_pb.ts";
import { TransportSocketSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { HealthCheck_CustomHealthCheckSchema } from "../../../gen/envoy/config/core/v3/health_check_pb.ts";
import {
  RetryPolicy_RetryHostPredicateSchema,
  RetryPolicy_RetryPrioritySchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type Check, check } from "../check.ts";

/** Envoy finds an extension by the type of its configuration; the name is for people. */
export const EXTENSION_CONFIG: readonly Check[] = [
  AccessLogSchema,
  TransportSocketSchema,
  HealthCheck_CustomHealthCheckSchema,
  RetryPolicy_RetryHostPredicateSchema,
  RetryPolicy_RetryPrioritySchema,
].map((schema) =>
  check(schema, "extension.config", ({ name, configType }, at) => {
    if (configType.case !== undefined) return;
    at.error({ message: "Must have a typed_config, by whose type Envoy finds the extension", value: name });
  })
);
