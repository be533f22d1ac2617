import { RuntimeSchema } from "../../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import { check } from "../check.ts";

/** The values of a runtime layer are numbers, strings, booleans, fractions, or maps of those. */
export const RUNTIME_VALUES = check(RuntimeSchema, "runtime.value", ({ layer }, at) => {
  for (const [key, value] of Object.entries(layer ?? {})) {
    if (value !== null && !Array.isArray(value)) continue;
    at.error({ path: `layer[${JSON.stringify(key)}]`, message: "Must not be null or a list" });
  }
});
