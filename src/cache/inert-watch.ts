import type { Watch } from "./cache.ts";

/** The watch of a type that no cache provides: it stays open, and its watcher is never called. */
export const INERT_WATCH: Watch = { subscriptionChanged() {}, close() {} };
