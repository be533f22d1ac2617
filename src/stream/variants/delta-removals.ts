import { type Changes, ChangeSet } from "../change-set.ts";
import type { Matches } from "../held-state.ts";
import { mayRelease, withholds } from "../sequencing/gates.ts";
import { WithheldDraft, type WithheldRemovals } from "../withheld-removals.ts";
import type { DiffInput } from "./variant.ts";

/** Withholds removals while the gate is closed, and releases those whose time has come. */
export function releaseRemovals(
  { client, gate, now }: DiffInput,
  changes: Changes,
  matches: Matches,
): { readonly withheld: WithheldRemovals; readonly released: readonly string[] } {
  const set = ChangeSet.of(changes);
  const { removed } = set;
  if (client.withheld.size === 0 && removed.length === 0) return { withheld: client.withheld, released: removed };
  const draft = new WithheldDraft(client.withheld);
  const { present } = set;
  for (const { name } of present) draft.remove(name);
  const released: string[] = [];
  for (const [name, { since }] of draft.result) {
    if (!mayRelease(gate, since, now)) continue;
    draft.remove(name);
    released.push(name);
  }
  const areWithheld = withholds(gate, now);
  for (const name of removed) {
    if (!matches(name) || client.withheld.has(name)) continue;
    if (areWithheld) draft.add(name, { since: now, resource: undefined });
    else released.push(name);
  }
  return { withheld: draft.result, released };
}
