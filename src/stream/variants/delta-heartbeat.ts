import { resourcesWithTtl } from "./resources.ts";
import type { HeartbeatContent, HeartbeatInput } from "./variant.ts";

/** A heartbeat of a delta stream. @param isEmpty - its resources have no content */
export function deltaHeartbeat(input: HeartbeatInput, isEmpty: boolean): HeartbeatContent | undefined {
  const { view, subscription } = input;
  const resources = resourcesWithTtl(subscription, view);
  if (resources.length === 0) return undefined;
  const shareKey = subscription.wildcard ? `heartbeat${isEmpty ? "" : " with content"}` : undefined;
  return { content: () => ({ resources, removed: [] }), shareKey, isEmpty };
}
