import type { Resource } from "../../resource/mod.ts";

/** What clients have said of the content of one resource. */
export interface ContentRecord {
  readonly name: string;
  readonly version: string;
  /** The ids of nodes. */
  readonly rejectedBy: ReadonlySet<string>;
  readonly acceptedBy: ReadonlySet<string>;
  /** The reason of the client that rejected it last. */
  readonly reason: string;
  /** Whether other clients are not sent it. */
  readonly isRejected: boolean;
  /** The content that was accepted last before. */
  readonly instead: Resource | undefined;
}

/** A record while it is counted. */
export class ContentRecordDraft implements ContentRecord {
  readonly name: string;
  readonly version: string;
  readonly rejectedBy = new Set<string>();
  readonly acceptedBy = new Set<string>();
  reason = "";
  isRejected = false;
  instead: Resource | undefined = undefined;
  hasHolders = false;

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
  }

  reject(nodeId: string): void {
    this.acceptedBy.delete(nodeId);
    if (this.rejectedBy.size < MAX_NODES) this.rejectedBy.add(nodeId);
  }

  accept(nodeId: string): void {
    if (!this.rejectedBy.has(nodeId) && this.acceptedBy.size < MAX_NODES) this.acceptedBy.add(nodeId);
  }
}

/** Nodes that are counted for a content on each side. */
const MAX_NODES = 1_024;
