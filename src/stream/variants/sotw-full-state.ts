import type { View } from "../../cache/mod.ts";
import { type Changes, ChangeSet } from "../change-set.ts";
import type { Diff, Shareable } from "../diff.ts";
import { indexByName } from "../resource-index.ts";
import { mayRelease, withholds } from "../sequencing/gates.ts";
import type { Subscription } from "../subscription.ts";
import { WithheldDraft, type WithheldRemovals } from "../withheld-removals.ts";
import { resourcesForAll, resourcesWithTtl } from "./resources.ts";
import { SOTW_NAMES } from "./sotw-request.ts";
import type { DiffInput, HeartbeatContent, HeartbeatInput, TypeState, TypeVariant } from "./variant.ts";

/**
 * State of the world for the types with full state (LDS, CDS, SRDS): a response has all subscribed resources, and the
 * client removes those that are not in it. A withheld removal is a resource that responses continue to have.
 */
export const sotwFullState: TypeVariant = {
  ...SOTW_NAMES,
  fullState: true,
  diff,
  heartbeat,
};

function diff(input: DiffInput): Diff {
  const { view, subscription, client } = input;
  const changes = client.position === undefined ? undefined : view.changesSince(client.position);
  const { withheld, isReleasing } = withholdRemovals(input, changes);
  if (subscription.isEmpty) return { response: undefined, withheld };
  const isDue = !client.pending.isEmpty || changes === undefined || isReleasing || hasChanges(changes, input);
  if (!isDue) return { response: undefined, withheld };
  return { response: complete(view, subscription, withheld), withheld, changed: changedOf(changes, withheld, input) };
}

function heartbeat({ view, subscription, client }: HeartbeatInput): HeartbeatContent | undefined {
  // In full, for the client removes what a response does not have, content or not.
  if (resourcesWithTtl(subscription, view).length === 0) return undefined;
  return { ...complete(view, subscription, client.withheld), isEmpty: false };
}

function complete(view: View, subscription: Subscription, withheld: WithheldRemovals): Shareable {
  const removed = () => [...withheld.values()].map(({ resource }) => resource!);
  if (subscription.wildcard) {
    return {
      shareKey: `all${withheldKey(withheld)}`,
      content: () => ({ resources: [...view, ...removed()], removed: [] }),
    };
  }
  const named = () => resourcesForAll(subscription.names, { subscription, view });
  return { content: () => ({ resources: [...named(), ...removed()], removed: [] }) };
}

/** Withholds the removal of resources that the client was sent and may still use, and releases those whose time came. */
function withholdRemovals(
  { view, subscription, client, gate, now }: DiffInput,
  changes: Changes | undefined,
): { readonly withheld: WithheldRemovals; readonly isReleasing: boolean } {
  const areWithheld = withholds(gate, now);
  if (!areWithheld && client.withheld.size === 0) return { withheld: client.withheld, isReleasing: false };
  const draft = new WithheldDraft(client.withheld);
  for (const [name, { since }] of client.withheld) if (mayRelease(gate, since, now)) draft.remove(name);
  const isReleasing = draft.result.size < client.withheld.size;
  const last = indexByName(client.sent);
  for (const name of changes?.keys() ?? last.keys()) {
    if (view.get(name) !== undefined) draft.remove(name);
    else if (areWithheld && !client.withheld.has(name) && subscription.matches(name)) {
      const resource = last.get(name);
      if (resource !== undefined) draft.add(name, { since: now, resource });
    }
  }
  return { withheld: draft.result, isReleasing };
}

function hasChanges(changes: Changes, { subscription, gate, now }: DiffInput): boolean {
  const areWithheld = withholds(gate, now);
  for (const [name, resource] of changes) {
    if (subscription.matches(name) && (resource !== undefined || !areWithheld)) return true;
  }
  return false;
}

/** A response has more than what changed, and other types wait only for that. A requested name may be withheld. */
function changedOf(
  changes: Changes | undefined,
  withheld: WithheldRemovals,
  state: TypeState & { readonly view: View },
): Diff["changed"] {
  const { pending } = state.client;
  if (changes === undefined || pending.all) return undefined;
  const { subscription } = state;
  if (subscription.wildcard && pending.names.size === 0) return () => ChangeSet.of(changes).present;
  const requested = [...pending.names];
  const names = [...changes.keys(), ...requested].filter((name) => subscription.matches(name));
  const kept = requested.map((name) => withheld.get(name)?.resource).filter((resource) => resource !== undefined);
  return () => [...resourcesForAll(names, state), ...kept];
}

function withheldKey(withheld: WithheldRemovals): string {
  if (withheld.size === 0) return "";
  return ` ${JSON.stringify([...withheld].map(([name, { resource }]) => [name, resource!.version]))}`;
}
