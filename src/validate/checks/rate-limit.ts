import {
  LocalRateLimitSchema as HttpLocalRateLimitSchema,
} from "../../../gen/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.ts";
import {
  LocalRateLimitSchema,
} from "../../../gen/envoy/extensions/filters/network/local_ratelimit/v3/local_rate_limit_pb.ts";
import { check } from "../check.ts";
import { nanosOf } from "./duration.ts";

/** A local bucket is not refilled all the time. */
export const LOCAL_RATE_LIMIT = [HttpLocalRateLimitSchema, LocalRateLimitSchema].map((schema) =>
  check(schema, "local_rate_limit.fill_interval", ({ tokenBucket }, at) => {
    const interval = tokenBucket?.fillInterval;
    if (interval === undefined || nanosOf(interval) >= 50_000_000n) return;
    at.error({ path: "token_bucket.fill_interval", message: "Must be at least 50 ms" });
  })
);
