import type { Cache } from "../cache/mod.ts";

/** What a server serves. */
export interface Source {
  readonly cache: Cache;
  /** Resolves when it is loaded. Default: it is. */
  readonly ready?: Promise<void>;
  close(): Promise<void>;
}
