import type { Resource } from "../../resource/mod.ts";
import { type Changes, ChangeSet } from "../change-set.ts";
import type { Diff, Shareable } from "../diff.ts";
import { resourcesForAll, resourcesWithTtl } from "./resources.ts";
import { SOTW_NAMES } from "./sotw-request.ts";
import type { DiffInput, HeartbeatContent, HeartbeatInput, TypeState, TypeVariant } from "./variant.ts";

/**
 * State of the world for all types without full state: a response has the resources that changed, and absence means
 * nothing. A removal cannot be sent.
 */
export const sotwPartial: TypeVariant = {
  ...SOTW_NAMES,
  fullState: false,
  diff,
  heartbeat,
};

function diff(input: DiffInput): Diff {
  const { view, subscription, client } = input;
  const { pending, withheld } = client;
  if (subscription.isEmpty) return { response: undefined, withheld };
  const changes = client.position === undefined ? undefined : view.changesSince(client.position);
  if (subscription.wildcard && (pending.all || changes === undefined)) {
    return { response: { shareKey: "all", content: () => contentOf([...view]) }, withheld, carriesRejected: true };
  }
  if (changes === undefined) {
    const resources = resourcesForAll(subscription.names, input, input.pinned);
    return { response: unlessEmpty(resources), withheld, carriesRejected: true };
  }
  const carriesRejected = client.rejected.names.size > 0 && matchesAny(changes, input);
  const rejected = carriesRejected ? rejectedResources(changes, input) : NO_RESOURCES;
  if (subscription.wildcard && pending.names.size === 0) {
    return { response: shared(changes, rejected, input), withheld, carriesRejected };
  }
  const resources = resourcesForAll(pending.names, input, input.pinned);
  for (const [name, resource] of changes) {
    if (resource !== undefined && subscription.matches(name)) resources.add(resource);
  }
  for (const resource of rejected) resources.add(resource);
  return { response: unlessEmpty(resources), withheld, carriesRejected };
}

function heartbeat({ view, subscription }: HeartbeatInput): HeartbeatContent | undefined {
  // With their content: a resource without it is seen by Envoy, and expires all the same.
  const resources = resourcesWithTtl(subscription, view);
  if (resources.length === 0) return undefined;
  const shareKey = subscription.wildcard ? "heartbeat" : undefined;
  return { content: () => contentOf(resources), shareKey, isEmpty: false };
}

/** The response of all streams of a wildcard that are at the same position. */
function shared(changes: Changes, rejected: readonly Resource[], { client }: TypeState): Shareable | undefined {
  const { present } = ChangeSet.of(changes);
  if (present.length === 0) return undefined;
  const key = `since ${client.position}`;
  if (rejected.length === 0) return { shareKey: key, content: () => contentOf(present) };
  const content = () => contentOf([...present, ...rejected]);
  return { shareKey: client.rejected.key && `${key} rejected ${client.rejected.key}`, content };
}

function matchesAny(changes: Changes, { subscription }: TypeState): boolean {
  for (const [name, resource] of changes) if (resource !== undefined && subscription.matches(name)) return true;
  return false;
}

/** The resources of rejected responses as they are now, but for those that changed anyway. */
function rejectedResources(changes: Changes, { view, subscription, client }: DiffInput): readonly Resource[] {
  const names = [...client.rejected.names].filter((name) => !changes.has(name) && subscription.matches(name));
  return names.map((name) => view.get(name)).filter((resource) => resource !== undefined);
}

function unlessEmpty(resources: ReadonlySet<Resource>): Shareable | undefined {
  return resources.size === 0 ? undefined : { content: () => contentOf([...resources]) };
}

function contentOf(resources: readonly Resource[]) {
  return { resources, removed: NO_NAMES };
}

const NO_RESOURCES: readonly Resource[] = [];
const NO_NAMES: readonly string[] = [];
