import type { Watch } from "./cache.ts";

/** A watch of what nobody provides: held, and never answered. */
export const UNANSWERED: Watch = { subscriptionChanged() {}, close() {} };
