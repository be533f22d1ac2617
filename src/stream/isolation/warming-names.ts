import { normalName, type Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";
import { indexByName } from "../resource-index.ts";
import { setOf } from "../sequencing/name-lists.ts";

/**
 * The names of one type that a client warms with what it was sent of another. An Envoy that receives a changed cluster
 * begins anew with its endpoints: if it rejects them, the cluster takes the place of the former one without any.
 *
 * Without a rejection these are lists that streams share.
 *
 * Invariant: a name is lost only if the client has rejected content of it that it needed, and has ACKed none since.
 */
export class WarmingNames {
  /** What happened before the last response was sent, and since. The oldest first. */
  #before: readonly Event[] = NO_EVENTS;
  #since: readonly Event[] = NO_EVENTS;
  /** The serials of the responses that they were needed for, by name. */
  #lost: Map<string, number> | undefined = undefined;

  /** Whether the client has dropped what it had of a name. */
  isLost(name: string): boolean {
    return this.#lost?.has(name) ?? false;
  }

  /** The client was sent what it needs names for. @param serial - of that response */
  needed(names: readonly string[], serial: number): void {
    this.#since = latest([...this.#since, { names: setOf(names), serial }]);
  }

  /** The client rejects what it needs names for. @param applied - those that it needs all the same */
  notNeeded(serial: number, applied: ReadonlySet<string>): void {
    const limit = (event: Event) => event.serial === serial ? { serial, names: applied } : event;
    this.#before = this.#before.map(limit);
    this.#since = this.#since.map(limit);
    for (const [name, source] of this.#lost ?? NONE_LOST) {
      if (source === serial && !applied.has(name)) this.#lost!.delete(name);
    }
  }

  /** A response of the type is sent. */
  sent(): void {
    if (this.#since.length === 0) return;
    this.#before = latest([...this.#before, ...this.#since]);
    this.#since = NO_EVENTS;
  }

  acked(resources: readonly Resource[]): void {
    for (const { name } of resources) this.#lost?.delete(normalName(name));
    if (this.#before.length > 0) {
      this.#before = latest([...this.#before, { names: indexByName(resources), serial: undefined }]);
    }
  }

  /** The client has all that it needed when the response was sent. */
  ackedAll(): void {
    this.#before = NO_EVENTS;
    this.#lost = undefined;
  }

  rejected(resources: readonly Resource[]): void {
    if (this.#before.length === 0) return;
    for (const { name } of resources) {
      const normal = normalName(name);
      const serial = this.#before.findLast(({ names }) => names.has(normal))?.serial;
      if (serial !== undefined) (this.#lost ??= new Map()).set(normal, serial);
    }
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const name of this.#lost?.keys() ?? []) if (!matches(name)) this.#lost!.delete(name);
  }
}

/** Names that a response of another type needs; or those of a response that was ACKed, without a serial. */
interface Event {
  readonly names: { has(name: string): boolean };
  readonly serial: number | undefined;
}

const NO_EVENTS: readonly Event[] = [];
const NONE_LOST: ReadonlyMap<string, number> = new Map();
/** A client that is never in sync cannot make a stream grow. What is forgotten is not lost. */
const MAX_EVENTS = 16;

function latest(events: readonly Event[]): readonly Event[] {
  return events.slice(-MAX_EVENTS);
}
