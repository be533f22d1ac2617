import type { ApiTable, Resource } from "../resource/mod.ts";
import { namesOf, readable, resentBy, warmedBy } from "./referenced-names.ts";
import type { TypeProgress } from "./sequencing/type-progress.ts";

/** Has sent again what a client discards when it receives these resources. */
export function resendTargets(
  { type }: TypeProgress,
  resources: readonly Resource[],
  types: ReadonlyMap<string, TypeProgress>,
): void {
  const reference = resentBy(type);
  const target = reference && types.get(reference.typeUrl);
  if (target === undefined) return;
  for (const name of namesOf(resources, reference!.namesIn)) target.requestAgain(name);
}

/** Has sent to a type that was just subscribed what the client waits for since it was sent resources of others. */
export function resendToNew(target: TypeProgress, types: ReadonlyMap<string, TypeProgress>): void {
  for (const { type, subscription, watched: { view } } of types.values()) {
    const reference = resentBy(type);
    if (reference?.typeUrl !== target.typeUrl || view === undefined) continue;
    for (const name of subscription.names) {
      const resource = view.get(name);
      if (resource === undefined) continue;
      for (const each of readable(resource, reference.namesIn)) target.requestAgain(each);
    }
  }
}

/**
 * Has sent to a client that returns what it may be warming resources with, though it holds that from the earlier stream:
 * an Envoy does not count it. That is the endpoints of the clusters in flight; or of all, if the client requests endpoints
 * before clusters, since an Envoy requests no clusters while it is warming some.
 */
export function resendToWarming(
  target: TypeProgress,
  types: ReadonlyMap<string, TypeProgress>,
  { types: rows }: Pick<ApiTable, "types">,
): void {
  if (!target.isReturning) return;
  for (const row of rows) {
    const reference = warmedBy(row);
    if (reference?.typeUrl !== target.typeUrl) continue;
    const source = types.get(row.typeUrl);
    const inFlight = source?.exchange.inFlight?.resources ?? [];
    const names = source === undefined ? target.subscription.names : namesOf(inFlight, reference.namesIn);
    for (const name of names) target.requestAgain(name);
  }
}
