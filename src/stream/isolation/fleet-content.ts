import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import { GroupContent, type Quorum } from "./group-content.ts";

/** A stream, as far as it takes part in what others are sent. */
export interface FleetMember {
  /** The id of its node, if its client holds the content and has ACKed it. */
  holderOf(group: GroupContent, resource: Resource): string | undefined;
  /** Content no longer counts as rejected: it is sent to the clients from which it was kept. */
  release(group: GroupContent, names: readonly string[]): void;
}

/** What all clients of a server have said of the content that they were sent: one for a server. */
export class FleetContent {
  readonly #quorum: Quorum;
  readonly #groups = new WeakMap<View, Map<string, GroupContent>>();
  readonly #members = new Set<FleetMember>();

  constructor(quorum: Quorum) {
    this.#quorum = quorum;
  }

  join(member: FleetMember): void {
    this.#members.add(member);
  }

  leave(member: FleetMember): void {
    this.#members.delete(member);
  }

  /** What clients of one kind say of a view. @param kind - the name and version of the client, as it describes itself */
  groupOf(view: View, kind: string): GroupContent {
    let groups = this.#groups.get(view);
    if (groups === undefined) this.#groups.set(view, groups = new Map());
    const key = groups.has(kind) || groups.size < MAX_KINDS ? kind : OTHER_KIND;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, group = new GroupContent(view, this.#quorum));
    return group;
  }

  /** The ids of the nodes that hold a content. */
  *holders(group: GroupContent, resource: Resource): Iterable<string> {
    for (const member of this.#members) {
      const id = member.holderOf(group, resource);
      if (id !== undefined) yield id;
    }
  }

  release(group: GroupContent, names: readonly string[]): void {
    if (names.length > 0) { for (const member of [...this.#members]) member.release(group, names); }
  }
}

/** A client may call itself what it likes. */
const MAX_KINDS = 32;
const OTHER_KIND = "other";
