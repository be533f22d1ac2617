import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";
import type { IsolationContext, ReleaseReason } from "./isolation-context.ts";

/** Content that a client is not sent. */
export interface QuarantinedContent {
  readonly name: string;
  readonly version: string;
  /** When, in the time that the stream is given, in milliseconds. */
  readonly since: number;
  /** The reason of the client, without the content of resources; of another client where that has rejected it. */
  readonly reason: string;
  /**
   * `client`: this client rejects it. `others`: most clients of its group do. `reference`: it refers to a resource that
   * the client is not sent.
   */
  readonly by: "client" | "others" | "reference";
  /** What the client has, or is sent, in its place; undefined if that is not known, or nothing. */
  readonly instead: Resource | undefined;
}

/**
 * The content of one type that one client is not sent: until it changes, or is released.
 *
 * Invariant: of each name at most one version.
 */
export class Quarantine {
  readonly #typeUrl: string;
  readonly #context: IsolationContext;
  readonly #contents = new Map<string, QuarantinedContent>();
  #ownCount = 0;

  constructor(typeUrl: string, context: IsolationContext) {
    this.#typeUrl = typeUrl;
    this.#context = context;
  }

  get size(): number {
    return this.#contents.size;
  }

  /** The number of those that other clients of the group may be sent. */
  get ownCount(): number {
    return this.#ownCount;
  }

  /** Whether the client is kept from a resource, whatever others say. */
  has({ name, version }: Resource): boolean {
    const content = this.#contents.get(name);
    return content !== undefined && content.by !== "others" && content.version === version;
  }

  get(name: string): QuarantinedContent | undefined {
    return this.#contents.get(name);
  }

  add(content: QuarantinedContent): void {
    const known = this.#contents.get(content.name);
    if (known?.version === content.version && known.by === content.by) return;
    if (known !== undefined) this.#delete(known);
    this.#contents.set(content.name, content);
    if (content.by !== "others") this.#ownCount++;
    this.#context.quarantined(this.#typeUrl, content);
  }

  release(content: QuarantinedContent, why: ReleaseReason): void {
    this.#delete(content);
    this.#context.released(this.#typeUrl, content, why);
  }

  /** Releases what has changed. */
  prune(view: View): void {
    for (const content of this.#contents.values()) {
      if (view.get(content.name)?.version !== content.version) this.release(content, "changed");
    }
  }

  /** Releases what the client is no longer subscribed to. */
  retain(matches: Matches): void {
    for (const content of this.#contents.values()) if (!matches(content.name)) this.release(content, "unsubscribed");
  }

  [Symbol.iterator](): Iterator<QuarantinedContent> {
    return this.#contents.values();
  }

  #delete({ name, by }: QuarantinedContent): void {
    this.#contents.delete(name);
    if (by !== "others") this.#ownCount--;
  }
}
