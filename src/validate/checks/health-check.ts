import {
  HealthCheck_HttpHealthCheckSchema,
  HealthCheck_PayloadSchema,
} from "../../../gen/envoy/config/core/v3/health_check_pb.ts";
import { check } from "../check.ts";

/** A range of statuses has its end after its beginning, and statuses that exist. */
export const STATUS_RANGES = check(HealthCheck_HttpHealthCheckSchema, "health_check.statuses", (health, at) => {
  for (
    const [field, ranges] of [
      ["expected_statuses", health.expectedStatuses],
      ["retriable_statuses", health.retriableStatuses],
    ] as const
  ) {
    for (const [i, { start, end }] of ranges.entries()) {
      if (start >= 100n && start < end && end <= 600n) continue;
      at.error({
        path: `${field}[${i}]`,
        message: "Must have a start from 100 on, below its end, which is at most 600",
        value: `${start} to ${end}`,
      });
    }
  }
});

/** What is sent and expected as text is in hexadecimal digits. */
export const HEX_PAYLOAD = check(HealthCheck_PayloadSchema, "health_check.payload", ({ payload }, at) => {
  if (payload.case !== "text" || /^(?:[0-9a-f]{2})*$/i.test(payload.value)) return;
  at.error({ path: "text", message: "Must be bytes in hexadecimal digits, two for each" });
});
