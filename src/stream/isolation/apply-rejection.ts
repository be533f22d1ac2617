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
  standIns.queue.settled();
  const content = rejectedContent(response, view, fullState ? accepted ?? [] : undefined);
  const { resources, versions, outdated } = content;
  const named = namedIn(reason, response.resources);
  const refused = outdated.filter(({ name }) => named.certain.includes(normalName(name)));
  // The release of a withheld removal is a change, without what may have been rejected.
  const isNothingKnown = trials.isHopeless || refused.length > 0 ||
    outdated.some(({ name }) => view.get(normalName(name)) === undefined) ||
    resources.some((each) => standIns.insteadOf(each) === undefined);
  if (isUnknown && isNothingKnown) {
    standIns.refuse(outdated);
    trials.end();
    return false;
  }
  if (fullState) client.commitFullState(accepted ?? []);
  standIns.rejected(response, reason.isPartial ? named.certain : undefined);
  const isNamed = refused.length > 0 || named.certain.some((name) => versions.get(name) !== undefined);
  settleOutdated(content, { view, refused, isNamed }, target);
  const isWhole = outdated.length === 0;
  // What stands in for others is sent with each part where the client may have it from an earlier stream: if it rejects
  // that, no part is accepted. So it is sent alone before the search continues.
  if (isUnknown && !isWhole && (versions.size === 1 || trials.isConfirming) && named.certain.length === 0) {
    const next = trials.doubt([...versions.keys()][0]);
    if (typeof next === "string") standIns.sendNext(next);
    return next !== false;
  }
  const rejected = trials.rejected(versions, { ...named, isWhole, isExplained: refused.length > 0 });
  quarantineAll(rejected, rejection, target);
  trials.advance();
  return true;
}

/**
 * What stood in for others, and the client does not name, is sent again after the search: one by one, if it names nothing
 * of the response. So each is refused by a response that has no other.
 */
function settleOutdated(
  { resources, outdated }: RejectedContent,
  { view, refused, isNamed }: { readonly view: View; readonly refused: readonly Resource[]; readonly isNamed: boolean },
  { type: { fullState }, standIns, quarantine }: RejectionTarget,
): void {
  const isAlone = !isNamed && resources.length + outdated.length === 1;
  const again = isAlone ? [] : outdated.filter((each) => {
    const resource = view.get(normalName(each.name));
    if (refused.includes(each) || resource === undefined || !quarantine.keeps(resource)) return false;
    return standIns.insteadOf(resource)?.version === each.version && !standIns.isRemovedWithout(resource.name);
  });
  // With full state each response would have the others again.
  if (isNamed) standIns.refuse(refused);
  else if (isAlone || fullState) standIns.refuse(outdated.filter((each) => !again.includes(each)));
  standIns.sendAgain(again, !isNamed);
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
