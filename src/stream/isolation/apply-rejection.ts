import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { OutgoingResponse } from "../response.ts";
import type { Culprits } from "./culprits.ts";
import type { IsolationContext } from "./isolation-context.ts";
import type { IsolatedType, Rejection } from "./isolation-types.ts";
import type { Quarantine } from "./quarantine.ts";
import { type RejectedContent, rejectedContent } from "./rejected-content.ts";
import type { RejectionReason } from "./rejection-reason.ts";
import type { StandIns } from "./stand-ins.ts";
import type { Trials } from "./trials.ts";

/** The parts of the isolation of one type that a NACK changes. */
export interface RejectionTarget {
  readonly context: IsolationContext;
  readonly type: IsolatedType;
  readonly standIns: StandIns;
  readonly quarantine: Quarantine;
  readonly trials: Trials;
}

/**
 * The client has NACKed a response.
 *
 * @returns false where nothing can be kept from the client without removing what it may have
 */
export function applyRejection(response: OutgoingResponse, rejection: Rejection, target: RejectionTarget): boolean {
  const { type: { fullState, client }, standIns, trials } = target;
  const { reason, view } = rejection;
  const { accepted, isUnknown } = standIns;
  standIns.groupOf(view);
  standIns.settled();
  const content = rejectedContent(response, view, fullState ? accepted ?? [] : undefined);
  const { resources, versions, outdated } = content;
  const named = namedIn(reason, response.resources);
  const refused = outdated.filter(({ name }) => named.certain.includes(normalName(name)));
  // The release of a withheld removal is a change, without what may have been rejected.
  const isNothingKnown = refused.length > 0 || outdated.some(({ name }) => view.get(normalName(name)) === undefined) ||
    resources.some((each) => standIns.insteadOf(each) === undefined);
  if (isUnknown && isNothingKnown) {
    standIns.refuse(outdated);
    trials.end();
    return false;
  }
  if (fullState) client.commitFullState(accepted ?? []);
  standIns.rejected(response, reason.isPartial ? named.certain : undefined);
  const isBlamed = named.certain.some((name) => versions.get(name) !== undefined);
  if (refused.length > 0 || isBlamed) standIns.refuse(refused);
  else refuseOutdated(content, view, target);
  const isWhole = outdated.length === 0;
  // What stands in for others is sent again where the client may have it from an earlier stream.
  if (isUnknown && !isWhole && versions.size === 1 && named.certain.length === 0) {
    const isDeferred = trials.defer([...versions.keys()][0]!);
    if (isDeferred) trials.advance();
    else trials.end();
    return isDeferred;
  }
  const rejected = trials.rejected(versions, { ...named, isWhole, isExplained: refused.length > 0 });
  quarantineAll(rejected, rejection, target);
  trials.advance();
  return true;
}

/** The client may have rejected what stood in for others: it is not sent again, but alone where there are several. */
function refuseOutdated(
  { resources, outdated }: RejectedContent,
  view: View,
  { type, standIns, quarantine }: RejectionTarget,
): void {
  if (type.fullState || resources.length + outdated.length === 1) return standIns.refuse(outdated);
  standIns.sendAlone(outdated.filter(({ name, version }) => {
    const resource = view.get(normalName(name));
    return resource !== undefined && quarantine.keeps(resource) && standIns.insteadOf(resource)?.version === version;
  }));
}

function quarantineAll(
  rejected: readonly string[],
  { reason: { message: reason }, sentAt: since, view }: Rejection,
  { context: { fleet, nodeId }, standIns, quarantine, trials }: RejectionTarget,
): void {
  const group = standIns.groupOf(view);
  for (const name of rejected) {
    const resource = view.get(name)!;
    quarantine.add(resource, { reason, since, by: "client" });
    group.rejected(resource, { nodeId: nodeId(), reason, holders: () => fleet.holders(group, resource) });
  }
  for (const name of trials.endIfExhausted()) {
    const resource = view.get(name);
    if (resource !== undefined) quarantine.add(resource, { reason: GIVEN_UP, since, by: "client" });
  }
}

/** The resources that a client names in its reason, by their names in normal form. */
function namedIn(reason: RejectionReason, resources: readonly Resource[]): Culprits {
  const { certain, likely } = reason.culprits(resources.map(({ name }) => name));
  return { certain: certain.map(normalName), likely: likely.map(normalName) };
}

const GIVEN_UP = "not found to be accepted before the search for what is rejected was ended";
