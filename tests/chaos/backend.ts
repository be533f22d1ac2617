import type { CacheEvent, CacheSourceOptions, Resource, WatchRequest } from "../../mod.ts";
import type { Behaviour } from "./command.ts";

/** A source of endpoints that can fail. */
export class Backend {
  readonly #resources = new Map<string, readonly Resource[]>();
  /** What it has instead while it returns an old state. */
  #old: ReadonlyMap<string, readonly Resource[]> | undefined = undefined;
  #behaviour: Behaviour = "well";
  #changed = Promise.withResolvers<void>();
  /** How many clients follow it. */
  watches = 0;

  set(node: string, resources: readonly Resource[]): void {
    this.#resources.set(node, resources);
    this.#wake();
  }

  behave(as: Behaviour): void {
    this.#behaviour = as;
    this.#old = as === "old" ? new Map(this.#resources) : undefined;
    this.#wake();
  }

  async *follow({ node }: WatchRequest, { signal }: CacheSourceOptions): AsyncIterable<CacheEvent> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    this.watches++;
    try {
      for (let last: readonly Resource[] | undefined; !signal.aborted;) {
        const changed = this.#changed.promise;
        if (this.#behaviour === "throws") throw new Error("The backend has failed");
        const resources = (this.#old ?? this.#resources).get(node.id);
        if (this.#behaviour !== "hangs" && resources !== undefined && resources !== last) {
          last = resources;
          yield { resources };
        }
        await Promise.race([changed, aborted]);
      }
    } finally {
      this.watches--;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
