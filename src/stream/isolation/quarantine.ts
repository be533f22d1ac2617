import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";
import type { GroupContent } from "./group-content.ts";
import type { IsolationContext, ReleaseReason } from "./isolation-context.ts";
import type { ScreenInput } from "./isolation-types.ts";
import type { QuarantinedContent, Reason } from "./quarantined-content.ts";
import type { StandIns } from "./stand-ins.ts";

/**
 * The content of one type that one client is not sent: until it changes, or is released.
 *
 * Invariant: of each name at most one version.
 */
export class Quarantine {
  readonly #typeUrl: string;
  readonly #context: IsolationContext;
  readonly #standIns: StandIns;
  // Made when needed: most clients are kept from nothing.
  #contents: Map<string, QuarantinedContent> | undefined = undefined;
  #ownCount = 0;
  #revision = 0;

  constructor(typeUrl: string, context: IsolationContext, standIns: StandIns) {
    this.#typeUrl = typeUrl;
    this.#context = context;
    this.#standIns = standIns;
  }

  get size(): number {
    return this.#contents?.size ?? 0;
  }

  /** Changes with the contents, but for those that wait for a reference. */
  get revision(): number {
    return this.#revision;
  }

  /** The number of those that other clients of the group may be sent. */
  get ownCount(): number {
    return this.#ownCount;
  }

  /** Whether the client is kept from a resource, whatever others say. */
  has({ name, version }: Resource): boolean {
    const content = this.#contents?.get(name);
    return content !== undefined && content.by !== "others" && content.version === version;
  }

  /** Whether the client is kept from a resource, also for others: one that it had before they rejected it, it has. */
  keeps({ name, version }: Resource): boolean {
    return this.#contents?.get(name)?.version === version;
  }

  add(resource: Resource, why: Reason & Pick<QuarantinedContent, "by">): void {
    const { name, version } = resource;
    const known = this.#contents?.get(name);
    if (known?.version === version && known.by === why.by) return;
    if (known !== undefined) this.#delete(known);
    const content = { name, version, instead: this.#standIns.insteadOf(resource), ...why };
    (this.#contents ??= new Map()).set(name, content);
    if (content.by !== "others") this.#ownCount++;
    if (content.by !== "reference") this.#revision++;
    if (content.by !== "reference") this.#standIns.request(resource);
    this.#context.quarantined(this.#typeUrl, content);
  }

  /** Notes what the client is kept from since most others reject it. */
  noteOthers(group: GroupContent, view: View, { isDue, now }: ScreenInput): void {
    for (const { name, version, reason, isRejected } of group.records) {
      const resource = isRejected && isDue(name) ? view.get(name) : undefined;
      if (resource?.version !== version || this.#standIns.hasOwn(resource) || this.has(resource)) continue;
      // It is sent all the same.
      if (this.#standIns.isUnknown && this.#standIns.insteadOf(resource) === undefined) continue;
      this.add(resource, { reason, since: now, by: "others" });
    }
  }

  /** Releases contents. @param by - of this kind alone; default: of each. @returns the names of those released */
  releaseAll(names: Iterable<string>, why: ReleaseReason, by?: QuarantinedContent["by"]): readonly string[] {
    const released: string[] = [];
    for (const name of names) {
      const content = this.#contents?.get(name);
      if (content === undefined || (by !== undefined && content.by !== by)) continue;
      this.#release(content, why);
      released.push(name);
    }
    return released;
  }

  /** Releases what has changed. */
  prune(view: View): void {
    for (const content of this) {
      if (view.get(content.name)?.version !== content.version) this.#release(content, "changed");
    }
  }

  /** Releases what the client is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const content of this) if (!matches(content.name)) this.#release(content, "unsubscribed");
  }

  [Symbol.iterator](): Iterator<QuarantinedContent> {
    return (this.#contents ?? NONE).values();
  }

  #release(content: QuarantinedContent, why: ReleaseReason): void {
    this.#delete(content);
    this.#context.released(this.#typeUrl, content, why);
  }

  #delete({ name, by }: QuarantinedContent): void {
    this.#contents!.delete(name);
    if (by !== "others") this.#ownCount--;
    if (by !== "reference") this.#revision++;
  }
}

const NONE: ReadonlyMap<string, QuarantinedContent> = new Map();
