import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "./connect-types.ts";

/** Breaks off a response, so that the bytes that its client has not read are freed. Adapters of this package set it. */
export const RESET: ContextKey<(() => void) | undefined> = createContextKey<(() => void) | undefined>(undefined, {
  description: "breaks off the response",
});
