import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";

/**
 * The targets of a response as they are when it is sent, by name. An Envoy that does not receive the endpoints of a
 * cluster ACKs no response about clusters before it gives up, and SotW cannot report that they were removed: so they can
 * be requested until the response is ACKed or NACKed, removed or not.
 *
 * They are found once for all the streams that are sent the same list.
 *
 * @param changed - the resources of the response
 * @param names - the names that they refer to
 */
export function pinnedBy(
  changed: readonly Resource[],
  names: readonly string[],
  view: View,
): ReadonlyMap<string, Resource> {
  const known = pins.get(changed);
  if (known?.view === view && known.revision === view.revision) return known.resources;
  const resources = new Map<string, Resource>();
  for (const name of names) {
    const resource = view.get(name);
    if (resource !== undefined) resources.set(name, resource);
  }
  pins.set(changed, { view, revision: view.revision, resources });
  return resources;
}

interface Pinned {
  readonly view: View;
  readonly revision: number;
  readonly resources: ReadonlyMap<string, Resource>;
}

const pins = new WeakMap<readonly Resource[], Pinned>();
