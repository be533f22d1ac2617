import { setTimeout as sleep } from "node:timers/promises";
import { type NodeHash, type SnapshotEvents, snapshotsFrom, type SourceCache } from "../../mod.ts";
import type { BackendState, SnapshotSpec } from "./server-command.ts";
import { resourcesOf } from "./server-resources.ts";

/** How long a poll may take. */
const TIMEOUT_MS = 200;

/** A backend whose snapshots are polled, and which can fail in all the ways that backends do. */
export class Backend {
  readonly cache: SourceCache;
  readonly #specs = new Map<string, SnapshotSpec>();
  #state: BackendState = "up";

  constructor(specs: readonly SnapshotSpec[], nodeHash: NodeHash) {
    for (const spec of specs) this.publish(spec);
    this.cache = snapshotsFrom(({ signal }) => this.#read(signal), {
      nodeHash,
      everyMs: 20,
      timeoutMs: TIMEOUT_MS,
      retryMs: 20,
      maxRetryMs: 100,
      onError: () => {},
    });
  }

  publish(spec: SnapshotSpec): void {
    this.#specs.set(spec.key, spec);
  }

  become(state: BackendState): void {
    this.#state = state;
  }

  async #read(signal: AbortSignal): Promise<SnapshotEvents> {
    switch (this.#state) {
      case "down":
        throw new Error("connection refused");
      case "garbage":
        return [...this.#specs.keys()].map((key) => ({ key, snapshot: "<html>502</html>" })) as never;
      case "hanging":
        await sleep(3_600_000, undefined, { signal });
        return [];
      case "up":
        return [...this.#specs.values()].map((spec) => ({ key: spec.key, snapshot: resourcesOf(spec) }));
    }
  }
}
