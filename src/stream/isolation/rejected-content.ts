import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { OutgoingResponse } from "../response.ts";
import { indexByName } from "../resource-index.ts";

/** What of a rejected response the client did not have before, and the view still has. */
export interface RejectedContent {
  /** As the client spells their names. */
  readonly resources: readonly Resource[];
  /** The versions of the resources, and undefined for removals, by names in their normal form. */
  readonly versions: ReadonlyMap<string, string | undefined>;
  /**
   * Resources of the response that are not those of the view: they have changed since, or stood in for others. The client
   * may have rejected these.
   */
  readonly outdated: readonly Resource[];
}

/** @param accepted - full state: what the client had accepted before; undefined where a response has changes alone */
export function rejectedContent(
  response: Pick<OutgoingResponse, "resources" | "removed">,
  view: View,
  accepted: readonly Resource[] | undefined,
): RejectedContent {
  const { resources, removed } = accepted === undefined ? response : fullStateDifference(response.resources, accepted);
  const { current = [], outdated = [] } = Object.groupBy(resources, ({ name, version }) => {
    return view.get(normalName(name))?.version === version ? "current" : "outdated";
  });
  const versions = new Map<string, string | undefined>();
  for (const { name, version } of current) versions.set(normalName(name), version);
  for (const name of removed.map(normalName)) if (view.get(name) === undefined) versions.set(name, undefined);
  return { resources: current, versions, outdated };
}

/** Whether a response has a resource in a version, or its removal if undefined, by the name in its normal form. */
export function contentOf(
  { resources, removed }: Pick<OutgoingResponse, "resources" | "removed">,
  fullState: boolean,
): (name: string, version: string | undefined) => boolean {
  const index = indexByName(resources);
  const names = new Set(removed.map(normalName));
  return (name, version) => {
    if (version !== undefined) return index.get(name)?.version === version;
    return fullState ? !index.has(name) : names.has(name);
  };
}

function fullStateDifference(resources: readonly Resource[], accepted: readonly Resource[]) {
  const before = indexByName(accepted);
  const after = indexByName(resources);
  return {
    resources: resources.filter(({ name, version }) => before.get(normalName(name))?.version !== version),
    removed: [...before.keys()].filter((name) => !after.has(name)),
  };
}
