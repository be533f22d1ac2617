import { normalName, type Resource } from "../../resource/mod.ts";

/** What others have accepted and the client rejects: the latest. */
export class RefusedContents {
  /** The oldest first. */
  #keys: Set<string> | undefined = undefined;

  get isEmpty(): boolean {
    return this.#keys === undefined;
  }

  has(resource: Resource): boolean {
    return this.#keys?.has(keyOf(resource)) ?? false;
  }

  add(resources: readonly Resource[]): void {
    for (const resource of resources) {
      const keys = this.#keys ??= new Set();
      keys.add(keyOf(resource));
      if (keys.size > MAX_REFUSED) keys.delete(keys.values().next().value!);
    }
  }

  /** The client has accepted them after all: they were rejected beside others. */
  delete(resources: readonly Resource[]): void {
    if (this.#keys !== undefined) { for (const resource of resources) this.#keys.delete(keyOf(resource)); }
  }
}

/** A client that rejects whatever it is sent cannot make a stream grow. */
const MAX_REFUSED = 1_000;

function keyOf({ name, version }: Resource): string {
  return `${version} ${normalName(name)}`;
}
