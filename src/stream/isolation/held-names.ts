import { normalName, type Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";
import { HeldVersions } from "../held-versions.ts";
import type { OutgoingResponse } from "../response.ts";
import { WarmingNames } from "./warming-names.ts";

/**
 * The names of one type of which the client is known to have any content. A stream without a rejection has a position
 * alone: at that position the client had all that it subscribes to.
 *
 * Invariant: a name is known only if the client has ACKed content of it, or says that it has applied it, and no removal
 * since; and it has not rejected content of it that it needed since, see {@link WarmingNames}.
 */
export class HeldNames {
  #position: number | undefined = undefined;
  /** What the client has subscribed to, and not ACKed, since it had all at the position. */
  #added: Set<string> | undefined = undefined;
  #resumed = HeldVersions.NONE;
  /** What the client has ACKed while it was kept from something. */
  #acked: Set<string> | undefined = undefined;
  // Made for a type that another one is warmed with.
  #warming: WarmingNames | undefined = undefined;

  /** @param since - the position since which the view has the name, as far as its clients have said; undefined: none */
  has(name: string, since: number | undefined): boolean {
    if (this.#warming?.isLost(name)) return false;
    if (this.#acked?.has(name) || this.#resumed.has(name)) return true;
    if (since === undefined || this.#position === undefined || this.#added?.has(name)) return false;
    return since <= this.#position;
  }

  /** What the client holds from an earlier stream. */
  resume(held: HeldVersions): void {
    this.#resumed = held;
  }

  /** Whether the client holds a version from an earlier stream: it has accepted that. */
  isResumed(name: string, version: string): boolean {
    return this.#resumed.gave(name, version);
  }

  /** See {@link WarmingNames.needed}. */
  needed(names: readonly string[], serial: number): void {
    if (names.length > 0) (this.#warming ??= new WarmingNames()).needed(names, serial);
  }

  /** See {@link WarmingNames.notNeeded}. */
  notNeeded(serial: number, applied: ReadonlySet<string>): void {
    this.#warming?.notNeeded(serial, applied);
  }

  /** A response is sent. */
  sent(): void {
    this.#warming?.sent();
  }

  /** The client rejects a response that has these. */
  rejected(resources: readonly Resource[]): void {
    this.#warming?.rejected(resources);
  }

  /** The client has all that it subscribes to, as the view has it at a position, but for what has to be sent. */
  ackedAll(position: number | undefined, isPending: Matches = () => false): void {
    for (const name of this.#added ?? NO_NAMES) if (!isPending(name)) this.#added!.delete(name);
    this.#warming?.ackedAll();
    this.#position = position;
    this.#acked = undefined;
    this.#resumed = HeldVersions.NONE;
  }

  /** The client has ACKed a response or applied it, and is kept from other content. */
  acked({ resources, removed }: Pick<OutgoingResponse, "resources" | "removed">): void {
    this.warmed(resources);
    const acked = this.#acked ??= new Set();
    for (const { name } of resources) {
      acked.add(normalName(name));
      this.#added?.delete(normalName(name));
    }
    for (const name of removed) {
      acked.delete(normalName(name));
      this.#resumed.invalidate(normalName(name));
    }
  }

  /** The client has ACKed these, and may have been sent others meanwhile. */
  warmed(resources: readonly Resource[]): void {
    this.#warming?.acked(resources);
  }

  /** The client subscribes to names that it did not have at the position. */
  subscribed(names: readonly string[]): void {
    for (const name of names) (this.#added ??= new Set()).add(name);
  }

  /** The client subscribes to other than it had at the position, or may have removed some of it. */
  forgetPosition(): void {
    this.#position = undefined;
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const names of [this.#acked, this.#added]) {
      for (const name of names ?? NO_NAMES) if (!matches(name)) names!.delete(name);
    }
    this.#warming?.retain(matches);
  }

  /** The names and positions of another view mean something else. */
  clear(): void {
    this.ackedAll(undefined);
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
