import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { Changes } from "../change-set.ts";
import type { Matches } from "../held-state.ts";
import type { OutgoingResponse } from "../response.ts";
import type { GroupContent } from "./group-content.ts";
import type { IsolationContext, ReleaseReason } from "./isolation-context.ts";
import type { FindMissing, IsolatedType, Rejection, Screened, ScreenInput } from "./isolation-types.ts";
import { Quarantine } from "./quarantine.ts";
import type { QuarantinedContent, Reason } from "./quarantined-content.ts";
import { contentOf, rejectedContent } from "./rejected-content.ts";
import { type Screen, ScreenedView, withoutExcluded } from "./screened-view.ts";
import { StandIns } from "./stand-ins.ts";
import { Trials } from "./trials.ts";

/**
 * Keeps what one client rejects, of one type, apart from what it accepts: a rejected response is sent again in parts, and
 * what was found to be rejected is not sent before it changes. What most clients of the group reject is not sent either.
 *
 * Invariant: a client that has a resource keeps it. With full state the content that it accepted last stands in for what
 * it rejects.
 */
export class Isolation implements Screen {
  readonly #context: IsolationContext;
  readonly #type: IsolatedType;
  readonly #standIns: StandIns;
  readonly #quarantine: Quarantine;
  // Made when needed: most clients never reject anything.
  #trials: Trials | undefined = undefined;
  #input: ScreenInput | undefined = undefined;

  constructor(context: IsolationContext, type: IsolatedType) {
    this.#context = context;
    this.#type = type;
    this.#standIns = new StandIns(context);
    this.#quarantine = new Quarantine(type.typeUrl, context, this.#standIns);
  }

  /** Whether the client is kept from any content, or it is not known yet from which. */
  get isHolding(): boolean {
    return this.#quarantine.size > 0 || this.#isSearching;
  }

  /** Changes with what the client is kept from. */
  get revision(): number {
    return this.#quarantine.revision + (this.#trials?.revision ?? 0);
  }

  get contents(): Iterable<QuarantinedContent> {
    return this.#quarantine;
  }

  /** The names that are sent next, or in flight, to find out which of them are rejected. */
  get trial(): ReadonlySet<string> {
    return this.#trials?.names ?? NO_NAMES;
  }

  /** What the client's group says of a view. */
  groupOf(view: View): GroupContent {
    return this.#standIns.groupOf(view);
  }

  /** The client has ACKed a response. */
  acked(response: OutgoingResponse, view: View): void {
    const group = this.groupOf(view);
    this.#context.fleet.release(group, group.accepted(response, this.#context.nodeId));
    if (this.#type.fullState) this.#standIns.accept(response.resources);
    if (!this.isHolding) return;
    this.#trials?.accepted(contentOf(response, this.#type.fullState));
    this.#trials?.advance();
  }

  /**
   * The client has NACKed a response.
   *
   * @returns false where nothing can be kept from the client without removing what it may have
   */
  nacked(response: OutgoingResponse, { reason, sentAt, view, isReturning }: Rejection): boolean {
    const { fullState, client } = this.#type;
    const { accepted } = this.#standIns;
    const group = this.groupOf(view);
    const { resources, versions, outdated } = rejectedContent(response, view, fullState ? accepted ?? [] : undefined);
    const mustKeep = fullState && accepted === undefined && isReturning;
    if (mustKeep && resources.some((each) => this.insteadOf(each) === undefined)) return false;
    if (fullState) client.commitFullState(accepted ?? []);
    const [sent, changed] = [response.resources, resources].map((each) => each.map(({ name }) => name));
    const { certain, likely } = reason.culprits(sent!, new Set(changed));
    const named = { certain: certain.map(normalName), likely: likely.map(normalName) };
    if (!mustKeep) this.#standIns.refuse(outdated);
    this.#trials ??= new Trials(client);
    for (const name of this.#trials.rejected(versions, { ...named, isWhole: outdated.length === 0 })) {
      this.#reject(view.get(name)!, group, { reason: reason.message, since: sentAt });
    }
    for (const name of this.#trials.endIfExhausted()) {
      const resource = view.get(name);
      if (resource !== undefined) this.#quarantine.add(resource, { reason: GIVEN_UP, since: sentAt, by: "client" });
    }
    this.#trials.advance();
    return true;
  }

  /** Whether {@link screen} may return anything but the view. */
  isScreening(view: View): boolean {
    return this.isHolding || this.groupOf(view).isScreening;
  }

  /** What an update is read from, until {@link synced}. */
  screen(view: View, input: ScreenInput): Screened {
    const group = this.groupOf(view);
    this.#input = input;
    if (group.isScreening) {
      const isDue = (name: string) => input.isDue(name) && !this.#trials?.has(view.get(name));
      this.#quarantine.noteOthers(group, view, { ...input, isDue });
    }
    const hasOwn = this.#quarantine.ownCount > 0 || this.#isSearching;
    if (hasOwn || input.findMissing !== undefined || (group.isScreening && this.#standIns.differFrom(group))) {
      return { view: new ScreenedView(view, this), shareKey: undefined };
    }
    if (!group.isScreening) return { view, shareKey: "" };
    return { view: new ScreenedView(view, group), shareKey: ` ${group.serial} kept from ${this.#context.kind()}` };
  }

  /** Changes of the type are about to be sent. */
  letChangesPass(): void {
    this.#trials?.letChangesPass();
  }

  /** The client was brought in sync with the view, but for what it is kept from. @param isSent - by a response */
  synced(view: View, isSent: boolean): void {
    this.#input = undefined;
    if (!this.isHolding) return;
    this.#quarantine.prune(view);
    this.#trials?.prune(view);
    if (!isSent) this.#trials?.skip();
  }

  /** The client has unsubscribed from names. */
  retain(matches: Matches): void {
    this.#standIns.retain(matches);
    if (!this.isHolding) return;
    this.#quarantine.retain(matches);
    this.#trials?.retain(matches);
    this.#trials?.advance();
  }

  /** The view is replaced by another: everything is compared anew, and what the client rejects stays so. */
  rebased(): void {
    this.#trials?.end();
  }

  /** Has content sent again. @param by - of this kind alone; default: of each */
  release(names: Iterable<string>, why: ReleaseReason, by?: QuarantinedContent["by"]): void {
    for (const name of this.#quarantine.releaseAll(names, why, by)) this.#type.client.request(name);
  }

  /** Has what waits for a reference sent, where the client is kept from that no longer. */
  releaseReferences(view: View, findMissing: FindMissing | undefined): void {
    for (const { name, by } of [...this.contents]) {
      const resource = by === "reference" ? view.get(name) : undefined;
      if (resource !== undefined && findMissing?.(resource) === undefined) this.release([name], "referenced");
    }
  }

  /** Whether the client has no content of a resource, since it is kept from it. */
  lacks(resource: Resource): boolean {
    return (this.#quarantine.keeps(resource) || !!this.#trials?.isWaiting(resource)) && !this.insteadOf(resource);
  }

  excludes = (resource: Resource): boolean => {
    if (this.#quarantine.has(resource) || this.#trials?.isWaiting(resource)) return true;
    // A client may have applied a part of what it rejects: it judges that itself.
    if (!this.#trials?.has(resource) && this.#standIns.areNeededFor(resource)) return true;
    const { findMissing, isDue } = this.#input ?? {};
    const missing = findMissing && isDue!(resource.name) ? findMissing(resource) : undefined;
    if (missing === undefined) return false;
    this.#quarantine.add(resource, { reason: `waits for ${missing}`, since: this.#input!.now, by: "reference" });
    return true;
  };

  insteadOf(resource: Resource): Resource | undefined {
    return this.#standIns.insteadOf(resource);
  }

  changesOf(changes: Changes): Changes {
    return withoutExcluded(changes, this);
  }

  get #isSearching(): boolean {
    return this.#trials?.isOpen ?? false;
  }

  #reject(resource: Resource, group: GroupContent, why: Reason): void {
    const { fleet, nodeId } = this.#context;
    this.#quarantine.add(resource, { ...why, by: "client" });
    group.rejected(resource, { nodeId: nodeId(), reason: why.reason, holders: () => fleet.holders(group, resource) });
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
const GIVEN_UP = "not found to be accepted before the search for what is rejected was ended";
