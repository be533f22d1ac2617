import { likelyName } from "../resource/mod.ts";
import type { Node } from "./cache.ts";

/** Why a node has no configuration: its key, and the keys that have a snapshot, of which a few are shown, a similar one first. */
export function noSnapshot(
  { id }: Node,
  key: string,
  groups: ReadonlyMap<string, { readonly snapshot: unknown }>,
): string {
  const keys: string[] = [];
  const known: string[] = [];
  for (const [each, { snapshot }] of groups) {
    if (snapshot === undefined) continue;
    known.push(each);
    if (keys.length < MAX_KEYS) keys.push(quoted(each));
  }
  const likely = likelyName(key, known);
  if (likely !== undefined && !keys.includes(quoted(likely))) keys.splice(0, 1, quoted(likely));
  const whose = key === id ? "" : ` of the key ${quoted(key)}`;
  const more = known.length > keys.length ? ` and ${known.length - keys.length} more` : "";
  const others = known.length === 0 ? "none was published" : `there are ones for ${keys.join(", ")}${more}`;
  return `node ${quoted(id)} has no snapshot${whose}; ${others}`;
}

const MAX_KEYS = 5;

/** Keys and ids may be of any length. */
function quoted(text: string): string {
  return JSON.stringify(text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`);
}

/** In UTF-16 units. */
const MAX_LENGTH = 64;
