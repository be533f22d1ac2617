import type { DiscoveryStream } from "../../stream/mod.ts";

/** A content that clients of one group have rejected. */
export interface RejectedContent {
  /** The type URL. */
  readonly typeUrl: string;
  /** The name, in its normal form. */
  readonly name: string;
  /** The version of the resource. */
  readonly version: string;
  /** The number of nodes that have rejected it. */
  readonly rejectedBy: number;
  /** The number of nodes that have accepted it, as far as they were counted. */
  readonly acceptedBy: number;
  /** Whether it is kept from the clients of the group that were not sent it. */
  readonly isRejected: boolean;
  /** The reason of the client that rejected it last, without the content of resources. */
  readonly reason: string;
  /** The version that clients which connect are sent in its place; undefined: none. */
  readonly instead: string | undefined;
}

/** What the groups of the streams reject, each group once. */
export function rejectedBy(streams: Iterable<DiscoveryStream>): RejectedContent[] {
  const seen = new Set<object>();
  const all: RejectedContent[] = [];
  for (const { isolation } of streams) {
    for (const [typeUrl, group] of isolation?.groups() ?? []) {
      if (seen.has(group)) continue;
      seen.add(group);
      for (const { name, version, rejectedBy, acceptedBy, isRejected, reason, instead } of group.records) {
        const counts = { rejectedBy: rejectedBy.size, acceptedBy: acceptedBy.size };
        all.push({ typeUrl, name, version, ...counts, isRejected, reason, instead: instead?.version });
      }
    }
  }
  return all;
}
