import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { OutgoingResponse } from "../response.ts";
import type { SubscriptionUpdate } from "../subscription.ts";
import { applyRejection } from "./apply-rejection.ts";
import { ClientScreen, isKept, type ScreenedClient } from "./client-screen.ts";
import type { GroupContent } from "./group-content.ts";
import type { HeldNames } from "./held-names.ts";
import type { IsolationContext, ReleaseReason } from "./isolation-context.ts";
import type { FindMissing, IsolatedType, Rejection, Screened, ScreenInput, SubscribedType } from "./isolation-types.ts";
import { Quarantine } from "./quarantine.ts";
import type { QuarantinedContent } from "./quarantined-content.ts";
import { contentOf } from "./rejected-content.ts";
import { ScreenedView } from "./screened-view.ts";
import { StandIns } from "./stand-ins.ts";
import { Trials } from "./trials.ts";

/**
 * Keeps what one client rejects, of one type, apart from what it accepts: a rejected response is sent again in parts, and
 * what was found to be rejected is not sent before it changes. What most clients of the group reject is not sent either.
 *
 * Invariant: a client that has a resource keeps it. With full state the content that it accepted last stands in for what
 * it rejects.
 */
export class Isolation {
  readonly #context: IsolationContext;
  readonly #type: IsolatedType;
  readonly #standIns: StandIns;
  readonly #quarantine: Quarantine;
  // Made when needed: most clients never reject anything.
  #trials: Trials | undefined = undefined;

  constructor(context: IsolationContext, type: IsolatedType) {
    this.#context = context;
    this.#type = type;
    this.#standIns = new StandIns(context, type);
    this.#quarantine = new Quarantine(type.typeUrl, context, this.#standIns);
  }

  /** Whether the client is kept from any content, or it is not known yet from which. */
  get isHolding(): boolean {
    return this.#quarantine.size > 0 || this.#isSearching;
  }

  /** Changes with what the client is kept from. */
  get revision(): number {
    return this.#quarantine.revision + this.#standIns.revision + (this.#trials?.revision ?? 0);
  }

  get contents(): Iterable<QuarantinedContent> {
    return this.#quarantine;
  }

  /** The names that are sent next, or in flight, to find out which of them are rejected. */
  get trial(): ReadonlySet<string> {
    return this.#trials?.names ?? NO_NAMES;
  }

  /** What the client warms with the type. */
  get warming(): Pick<HeldNames, "needed" | "notNeeded"> {
    return this.#standIns.held;
  }

  /** The number of names that are sent next without a request for them. */
  get requestCount(): number {
    return this.trial.size + this.#standIns.queue.requestCount;
  }

  /** What the client's group says of a view. */
  groupOf(view: View): GroupContent {
    return this.#standIns.groupOf(view);
  }

  /** The client has ACKed a response. */
  acked(response: OutgoingResponse, view: View): void {
    const group = this.groupOf(view);
    const { client, fullState } = this.#type;
    this.#context.fleet.release(
      group,
      group.accepted(response, this.#context.nodeId, fullState ? undefined : client.position),
    );
    if (this.isHolding) {
      this.#trials?.accepted(contentOf(response, fullState));
      this.#trials?.advance();
    }
    this.#standIns.accept(response, view, this.isHolding || group.isScreening);
    this.#flush();
  }

  /** The client has NACKed a response. @returns see {@link applyRejection} */
  nacked(response: OutgoingResponse, rejection: Rejection): boolean {
    const trials = this.#trials ??= new Trials(this.#type.client);
    const target = { ...this.#parts, context: this.#context, type: this.#type, trials };
    const isIsolated = applyRejection(response, rejection, target);
    this.#flush();
    return isIsolated;
  }

  /** Whether {@link screen} may return anything but the view. */
  isScreening(view: View): boolean {
    return this.isHolding || this.groupOf(view).isScreening;
  }

  /** What an update is read from. */
  screen(view: View, input: ScreenInput): Screened {
    const group = this.groupOf(view);
    this.#standIns.requestRemovals(view);
    if (group.isScreening) {
      const isDue = (name: string) => input.isDue(name) && !this.#trials?.has(view.get(name));
      this.#quarantine.noteOthers(group, view, { ...input, isDue });
      this.#flush();
    }
    const hasOwn = this.#quarantine.ownCount > 0 || this.#isSearching;
    if (hasOwn || input.findMissing !== undefined || (group.isScreening && this.#standIns.differFrom(group))) {
      const screen = new ClientScreen(this.#parts, input);
      return { view: new ScreenedView(view, screen), shareKey: undefined, screen };
    }
    if (!group.isScreening) return { view, shareKey: "" };
    const shareKey = ` ${group.serial} kept from ${this.#context.kind()}`;
    return { view: new ScreenedView(view, group), shareKey, screen: group };
  }

  /** Changes of the type are about to be sent. */
  letChangesPass(view: View): void {
    this.#trials?.letChangesPass(view);
  }

  /** The client was brought in sync with the view, but for what it is kept from. @param isSent - by a response */
  synced(view: View, isSent: boolean): void {
    this.#standIns.sent(isSent);
    if (!this.isHolding) return;
    this.#quarantine.prune(view);
    this.#trials?.prune(view);
    if (!isSent) this.#trials?.skip();
  }

  /** The client has subscribed to more or to less. @param isFirst - by its first request of the type */
  subscribed(update: SubscriptionUpdate, isFirst: boolean, type: SubscribedType): void {
    const { removed, wildcardChanged } = update;
    this.#standIns.subscribed(update, isFirst, type);
    if (removed.length === 0 && (!wildcardChanged || type.subscription.wildcard)) return;
    const matches = (name: string) => type.matches(name);
    this.#standIns.retain(matches);
    if (!this.isHolding) return;
    this.#quarantine.retain(matches);
    this.#trials?.retain(matches);
    this.#trials?.advance();
  }

  /** The view is replaced by another: everything is compared anew, and what the client rejects stays so. */
  rebased(): void {
    this.#trials?.end();
    this.#standIns.rebased();
  }

  /** Has content sent again. @param by - of this kind alone; default: of each */
  release(names: Iterable<string>, why: ReleaseReason, by?: QuarantinedContent["by"]): void {
    for (const name of this.#quarantine.releaseAll(names, why, by)) this.#type.client.request(name);
  }

  /** Has what waits for a reference sent, where the client is kept from that no longer. */
  releaseReferences(view: View, findMissing: FindMissing | undefined): void {
    for (const { name, by } of [...this.contents]) {
      const resource = view.get(name);
      if (resource === undefined) continue;
      const due = by === "reference" ? resource : this.#standIns.insteadOf(resource);
      if (due === undefined || findMissing?.(due) !== undefined) continue;
      if (by === "reference") this.release([name], "referenced");
      else this.#standIns.request(resource);
    }
    this.#flush();
  }

  /** Whether the client is not sent a resource since it or others reject it. */
  excludes(resource: Resource): boolean {
    return isKept(resource, this.#parts);
  }

  /** Whether the client has no content of a resource, since it is kept from it. */
  lacks(resource: Resource): boolean {
    return (this.#quarantine.keeps(resource) || !!this.#trials?.isWaiting(resource)) &&
      !this.#standIns.has(resource.name);
  }

  get #parts(): ScreenedClient {
    return { quarantine: this.#quarantine, standIns: this.#standIns, trials: this.#trials };
  }

  #flush(): void {
    if (!this.#isSearching) this.#standIns.flush();
  }

  get #isSearching(): boolean {
    return this.#trials?.isOpen ?? false;
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
