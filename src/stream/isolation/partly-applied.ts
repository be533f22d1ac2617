import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";

/**
 * Full state: what a client may have applied of the responses that it has rejected since its last ACK. Envoy applies the
 * clusters and listeners that it can, and says which it cannot; others use the good resources of a rejected response too.
 */
export class PartlyApplied {
  /** Undefined where it is not known whether the client has applied a resource. */
  #contents: Map<string, Resource | undefined> | undefined = undefined;

  /** What the client has applied of a name, by its own words. */
  get(name: string): Resource | undefined {
    return this.#contents?.get(name);
  }

  /** The names that the client may have, and a view does not. */
  *removedFrom(view: View): Iterable<string> {
    for (const name of this.#contents?.keys() ?? []) if (view.get(name) === undefined) yield name;
  }

  /** The client rejects a response. @param rejected - the names of what it rejects, if it says that it has applied the rest */
  note(resources: readonly Resource[], rejected: readonly string[] | undefined): void {
    const contents = this.#contents ??= new Map();
    for (const resource of resources) {
      const name = normalName(resource.name);
      if (rejected?.includes(name) === false) contents.set(name, resource);
      else if (!contents.has(name)) contents.set(name, undefined);
    }
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const name of this.#contents?.keys() ?? []) if (!matches(name)) this.#contents!.delete(name);
  }

  /** The client has ACKed a response, and has what was in it and nothing else. */
  clear(): void {
    this.#contents = undefined;
  }
}
