import { normalName } from "../resource/mod.ts";
import type { OutgoingResponse } from "./response.ts";

/**
 * The names of the responses that a client rejected and that nothing has settled since. A client rejects a response as a
 * whole, so the good resources beside the bad one, and the removals, may not have reached it: the next response that is
 * sent for a change carries all of them as they are then.
 *
 * Invariant: a name leaves by the ACK of a response that has it or that carried all of them, by the NACK of a response
 * that carried all of them and no longer has it, or when the client unsubscribes from it.
 */
export class RejectedNames {
  #names = new Set<string>();
  #key: string | undefined = "";
  #carriedBy: number | undefined = undefined;

  /** In their normal form. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Equal for streams whose clients have said the same of the same responses; undefined where none may be equal. */
  get key(): string | undefined {
    return this.#key;
  }

  /** A response has all of the names as they are now. */
  carried({ serial }: OutgoingResponse): void {
    if (this.#names.size > 0) this.#carriedBy = serial;
  }

  acked(response: OutgoingResponse): void {
    if (this.#names.size === 0) return;
    const settled = response.serial === this.#carriedBy ? this.#names : new Set(namesOf(response));
    this.#set([...this.#names].filter((name) => !settled.has(name)), this.#keyWith(`-${response.serial}`));
  }

  nacked(response: OutgoingResponse): void {
    if (this.#names.size === 0 || response.serial === this.#carriedBy) {
      this.#set(namesOf(response), `+${response.serial}`);
    } else this.#set([...this.#names, ...namesOf(response)], this.#keyWith(`+${response.serial}`));
  }

  /** The client has unsubscribed from a name. */
  forget(name: string): void {
    if (this.#names.delete(name)) this.#key = undefined;
  }

  #keyWith(part: string): string | undefined {
    return this.#key === undefined ? undefined : this.#key + part;
  }

  #set(names: readonly string[], key: string | undefined): void {
    this.#names = new Set(names);
    this.#key = key;
    this.#carriedBy = undefined;
  }
}

function namesOf({ resources, removed }: OutgoingResponse): string[] {
  return [...resources.map(({ name }) => name), ...removed].map(normalName);
}
