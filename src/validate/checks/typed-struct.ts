import type { Check } from "../check.ts";
import { WRAPPERS } from "../known-types.ts";
import { structContent } from "../typed-struct.ts";

/** JSON in place of a message is that of a message of its type. */
export const TYPED_STRUCT: readonly Check[] = [...WRAPPERS].map((typeName): Check => ({
  rule: "typed_struct.value",
  typeName,
  run(message, at) {
    const { skipped, error } = structContent(message)!;
    if (error !== undefined) at.error({ path: "value", message: `Must be JSON of its type: ${error}` });
    if (skipped !== undefined) {
      const hint = "A client skips it if it comes from a server";
      at.warning({ path: "value", message: `Must be JSON of its type: ${skipped}`, hint });
    }
  },
}));
