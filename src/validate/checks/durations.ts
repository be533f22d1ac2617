import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { check } from "../check.ts";

/** Envoy takes no negative duration anywhere. */
export const DURATION = check(DurationSchema, "duration.negative", ({ seconds, nanos }, at) => {
  if (seconds < 0n || nanos < 0) at.error({ message: "Must not be negative", value: `${seconds} s and ${nanos} ns` });
});
