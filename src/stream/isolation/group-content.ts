import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { Changes } from "../change-set.ts";
import type { OutgoingResponse } from "../response.ts";
import { indexByName } from "../resource-index.ts";
import { AcceptedContent } from "./accepted-content.ts";
import { type ContentRecord, ContentRecordDraft } from "./content-record.ts";
import { type Screen, withoutExcluded } from "./screened-view.ts";

/** When content counts as rejected by a group of clients. */
export interface Quorum {
  /** The number of nodes that have to reject it, at least. */
  readonly minNodes: number;
  /** The part of the nodes which have judged it that has to be exceeded, from 0 to 1. */
  readonly share: number;
}

/**
 * What the clients of one view have said of its content: those of one kind, since clients of another version judge for
 * themselves.
 *
 * Invariant: what is rejected is what the quorum says of the records, and never depends on one client alone unless the
 * quorum says so.
 */
export class GroupContent implements Screen {
  readonly #view: View;
  readonly #quorum: Quorum;
  readonly #accepted: AcceptedContent;
  readonly #records = new Map<string, ContentRecordDraft>();
  #filtered = new WeakMap<Changes, Changes>();
  #rejectedCount = 0;
  #serial = 0;

  constructor(view: View, quorum: Quorum) {
    this.#view = view;
    this.#accepted = new AcceptedContent(view);
    this.#quorum = quorum;
  }

  /** Whether any content is rejected. */
  get isScreening(): boolean {
    return this.#rejectedCount > 0;
  }

  /** Changes with what is rejected. */
  get serial(): number {
    return this.#serial;
  }

  /** The records of content that the view still has. */
  get records(): ContentRecord[] {
    return [...this.#records.values()].filter((record) => this.#isCurrent(record));
  }

  excludes = ({ name, version }: Resource): boolean => {
    const record = this.#records.get(name);
    return record !== undefined && record.isRejected && record.version === version;
  };

  /** What was accepted last of a name, but for the version that is rejected. */
  insteadOf({ name, version }: Pick<Resource, "name" | "version">): Resource | undefined {
    return this.#accepted.get(name, version);
  }

  /** The position from which on the view has a name; undefined if no client has accepted content of it. */
  since(name: string): number | undefined {
    return this.#accepted.since(name);
  }

  changesOf(changes: Changes): Changes {
    let filtered = this.#filtered.get(changes);
    if (filtered === undefined) this.#filtered.set(changes, filtered = withoutExcluded(changes, this));
    return filtered;
  }

  /**
   * A client has ACKed a response.
   *
   * @param nodeId - asked for where any content is rejected, which it hardly ever is
   * @param position - the one that the response was made at; undefined for full state, which says what a client has
   * @returns the names of content that no longer counts as rejected
   */
  accepted(response: OutgoingResponse, nodeId: () => string, position: number | undefined): readonly string[] {
    const released = this.#records.size === 0 ? NO_NAMES : this.#count(response, nodeId());
    this.#accepted.note(response, position);
    return released;
  }

  /**
   * A client rejects the content of a name.
   *
   * @param by.holders - the ids of the nodes that hold the content; asked for once where a few nodes reject it
   */
  rejected(
    { name, version }: Resource,
    by: { readonly nodeId: string; readonly reason: string; readonly holders: () => Iterable<string> },
  ): void {
    let record = this.#records.get(name);
    if (record?.version !== version) {
      this.forget(name);
      if (this.#records.size >= MAX_RECORDS) this.forget(this.#records.keys().next().value!);
      record = new ContentRecordDraft(name, version);
      this.#records.set(name, record);
    }
    record.reason = by.reason;
    record.reject(by.nodeId);
    if (record.isRejected || record.rejectedBy.size < this.#quorum.minNodes) return;
    if (!record.hasHolders) {
      record.hasHolders = true;
      for (const id of by.holders()) record.accept(id);
    }
    this.#decide(record);
  }

  /** Forgets what was said of a name. */
  forget(name: string): void {
    const record = this.#records.get(name);
    this.#records.delete(name);
    if (record?.isRejected) this.#changeCount(-1);
  }

  #count(response: OutgoingResponse, nodeId: string): readonly string[] {
    const released: string[] = [];
    const index = indexByName(response.resources);
    for (const record of this.#records.values()) {
      if (!this.#isCurrent(record)) this.forget(record.name);
      else if (index.get(record.name)?.version === record.version) {
        const was = record.isRejected;
        record.rejectedBy.delete(nodeId);
        record.accept(nodeId);
        this.#decide(record);
        if (was && !record.isRejected) released.push(record.name);
      }
    }
    return released;
  }

  #decide(record: ContentRecordDraft): void {
    const { minNodes, share } = this.#quorum;
    const rejections = record.rejectedBy.size;
    const isRejected = rejections >= minNodes && rejections > share * (rejections + record.acceptedBy.size);
    if (isRejected === record.isRejected) return;
    record.isRejected = isRejected;
    record.instead = isRejected ? this.insteadOf(record) : undefined;
    this.#changeCount(isRejected ? 1 : -1);
  }

  #changeCount(by: number): void {
    this.#rejectedCount += by;
    this.#serial++;
    this.#filtered = new WeakMap();
  }

  #isCurrent({ name, version }: ContentRecord): boolean {
    return this.#view.get(name)?.version === version;
  }
}

const NO_NAMES: readonly string[] = [];
/** Names with a record that are kept for a group. The oldest leave first. */
const MAX_RECORDS = 1_000;
