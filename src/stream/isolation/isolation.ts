import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import { type Changes } from "../change-set.ts";
import type { ClientState } from "../client-state.ts";
import type { Matches } from "../held-state.ts";
import type { OutgoingResponse } from "../response.ts";
import { indexByName } from "../resource-index.ts";
import { fullStateDifference } from "./full-state-difference.ts";
import type { GroupContent } from "./group-content.ts";
import type { IsolationContext } from "./isolation-context.ts";
import { Quarantine, type QuarantinedContent } from "./quarantine.ts";
import type { RejectionReason } from "./rejection-reason.ts";
import { changesWithout, type Screen, ScreenedView } from "./screened-view.ts";
import { Trials } from "./trials.ts";

/** The type that a client is isolated from the bad resources of. */
export interface IsolatedType {
  readonly typeUrl: string;
  readonly fullState: boolean;
  readonly client: ClientState;
}

/** What an update of a type is read from. */
export interface Screened {
  readonly view: View;
  /** Equal for the streams that the same content is kept from; undefined: kept from this stream alone. */
  readonly shareKey: string | undefined;
}

/** The name and type that a resource refers to and that the client is not sent; undefined if there is none. */
export type FindMissing = (resource: Resource) => string | undefined;

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
  // Made when needed: most clients never reject anything.
  #trials: Trials | undefined = undefined;
  #quarantine: Quarantine | undefined = undefined;
  #group: GroupContent | undefined = undefined;
  #view: View | undefined = undefined;
  /** Full state: the resources of the last response that the client ACKed. */
  #accepted: readonly Resource[] | undefined = undefined;
  #revision = 0;
  #findMissing: FindMissing | undefined = undefined;
  #isDue: Matches = () => false;
  #now = 0;

  constructor(context: IsolationContext, type: IsolatedType) {
    this.#context = context;
    this.#type = type;
  }

  /** Whether the client is kept from any content, or it is not known yet from which. */
  get isHolding(): boolean {
    return (this.#quarantine?.size ?? 0) > 0 || (this.#trials?.isOpen ?? false);
  }

  /** Changes with what the client is kept from. */
  get revision(): number {
    return this.#revision;
  }

  get contents(): Iterable<QuarantinedContent> {
    return this.#quarantine ?? [];
  }

  /** The names that are sent next, or in flight, to find out which of them are rejected. */
  get trial(): ReadonlySet<string> {
    return this.#trials?.names ?? NO_NAMES;
  }

  /** The client has ACKed a response. */
  acked(response: OutgoingResponse, view: View): void {
    const { fleet, nodeId } = this.#context;
    const { resources, removed } = response;
    const group = this.groupOf(view);
    fleet.release(group, group.accepted(response, nodeId()));
    if (this.#type.fullState) this.#accepted = resources;
    if (!this.isHolding) return;
    const index = indexByName(resources);
    const gone = new Set(removed.map(normalName));
    const { fullState } = this.#type;
    this.#trials?.accepted((name, version) => {
      if (version !== undefined) return index.get(name)?.version === version;
      return fullState ? !index.has(name) : gone.has(name);
    });
    this.#advance();
  }

  /**
   * The client has NACKed a response.
   *
   * @param sentAt - when the response was sent
   * @param isReturning - the client came with what it holds of an earlier stream
   * @returns false where nothing can be kept from the client without removing what it may have
   */
  nacked(
    { resources, removed }: OutgoingResponse,
    { view, reason, sentAt, isReturning }: {
      readonly view: View;
      readonly reason: RejectionReason;
      readonly sentAt: number;
      readonly isReturning: boolean;
    },
  ): boolean {
    const { fullState, client } = this.#type;
    const rejected = fullState
      ? fullStateDifference(resources, this.#accepted ?? NO_RESOURCES)
      : { resources, removed: removed.map(normalName) };
    this.groupOf(view);
    const current = rejected.resources.filter(({ name, version }) => view.get(normalName(name))?.version === version);
    const mustKeep = fullState && this.#accepted === undefined && isReturning;
    if (mustKeep && current.some((each) => this.insteadOf(each) === undefined)) return false;
    if (fullState) client.commitFullState(this.#accepted ?? NO_RESOURCES);
    const versions = new Map<string, string | undefined>();
    for (const { name, version } of current) versions.set(normalName(name), version);
    for (const name of rejected.removed) if (view.get(name) === undefined) versions.set(name, undefined);
    const { certain, likely } = reason.culprits(new Set(current.map(({ name }) => name)));
    const culprits = { certain: certain.map(normalName), likely: likely.map(normalName) };
    this.#trials ??= new Trials(client);
    for (const name of this.#trials.rejected(versions, culprits)) {
      this.#reject(view.get(name)!, { reason: reason.message, since: sentAt });
    }
    for (const name of this.#trials.endIfExhausted()) {
      const resource = view.get(name);
      if (resource !== undefined) this.#keep(resource, { reason: GIVEN_UP, since: sentAt, by: "client" });
    }
    this.#advance();
    return true;
  }

  /**
   * What an update is read from, until {@link synced}.
   *
   * @param isDue - whether the client would be sent a resource
   */
  screen(
    view: View,
    { now, isDue, findMissing }: {
      readonly now: number;
      readonly isDue: Matches;
      readonly findMissing?: FindMissing | undefined;
    },
  ): Screened {
    const group = this.groupOf(view);
    this.#findMissing = findMissing;
    this.#isDue = isDue;
    this.#now = now;
    if (group.isScreening) this.#noteOthers(group, { view, isDue });
    const hasOwn = (this.#quarantine?.ownCount ?? 0) > 0 || (this.#trials?.isOpen ?? false);
    if (hasOwn || findMissing !== undefined || (group.isScreening && this.#hasOwnContent(group))) {
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
    this.#findMissing = undefined;
    if (!this.isHolding) return;
    this.#quarantine?.prune(view);
    this.#trials?.prune(view);
    if (!isSent) this.#trials?.skip();
    this.#revision++;
  }

  /** The subscription has changed. */
  retain(matches: Matches): void {
    if (!this.isHolding) return;
    this.#quarantine?.retain(matches);
    this.#trials?.retain(matches);
    this.#advance();
  }

  /** The view is replaced by another: everything is compared anew, and what the client rejects stays so. */
  rebased(): void {
    this.#trials?.end();
    this.#revision++;
  }

  /** Has content sent again. @param by - of this kind alone; default: of each */
  release(names: Iterable<string>, by?: QuarantinedContent["by"]): void {
    for (const name of names) {
      const content = this.#quarantine?.get(name);
      if (content === undefined || (by !== undefined && content.by !== by)) continue;
      this.#quarantine!.release(content, RELEASED[by ?? "client"]);
      this.#type.client.request(name);
      this.#revision++;
    }
  }

  /** Has what waits for a reference looked at again. */
  releaseReferences(): void {
    this.release([...this.contents].filter(({ by }) => by === "reference").map(({ name }) => name), "reference");
  }

  /** Whether the client has no content of a resource, since it is kept from it. */
  lacks(resource: Resource): boolean {
    return this.excludes(resource) && this.insteadOf(resource) === undefined;
  }

  excludes = (resource: Resource): boolean => {
    const { name, version } = resource;
    if (this.#quarantine?.has(resource) || this.#trials?.isWaiting(resource)) return true;
    if (this.#group?.excludes(resource) && this.#ownContent(name)?.version !== version) return true;
    const missing = this.#findMissing && this.#isDue(name) ? this.#findMissing(resource) : undefined;
    if (missing === undefined) return false;
    this.#keep(resource, { reason: `waits for ${missing}`, since: this.#now, by: "reference" });
    return true;
  };

  insteadOf({ name, version }: Resource): Resource | undefined {
    return this.#ownContent(name) ?? this.#group?.acceptedOf(name, version);
  }

  changesOf(changes: Changes): Changes {
    return changesWithout(changes, this);
  }

  /** What the client's group says of a view. */
  groupOf(view: View): GroupContent {
    if (this.#group === undefined || this.#view !== view) {
      this.#view = view;
      this.#group = this.#context.fleet.groupOf(view, this.#context.kind());
    }
    return this.#group;
  }

  #ownContent(name: string): Resource | undefined {
    return this.#accepted && indexByName(this.#accepted).get(name);
  }

  /** Notes what the client is kept from since most others reject it. */
  #noteOthers(group: GroupContent, { view, isDue }: { readonly view: View; readonly isDue: Matches }): void {
    for (const { name, version, reason, isRejected } of group.records) {
      const resource = isRejected && isDue(name) ? view.get(name) : undefined;
      if (resource?.version !== version || this.#ownContent(name)?.version === version) continue;
      if (!this.#quarantine?.has(resource)) this.#keep(resource, { reason, since: this.#now, by: "others" });
    }
  }

  /** Whether the client has other content than the group in place of what most reject. */
  #hasOwnContent(group: GroupContent): boolean {
    return group.records.some(({ isRejected, name, instead }) => {
      const own = isRejected ? this.#ownContent(name) : undefined;
      return own !== undefined && own.version !== instead?.version;
    });
  }

  #advance(): void {
    this.#trials?.advance();
    this.#revision++;
  }

  #reject(resource: Resource, { reason, since }: Pick<QuarantinedContent, "reason" | "since">): void {
    const { fleet, nodeId } = this.#context;
    const group = this.#group!;
    this.#keep(resource, { reason, since, by: "client" });
    group.rejected(resource, { nodeId: nodeId(), reason, holders: () => fleet.holders(group, resource) });
  }

  #keep(resource: Resource, why: Pick<QuarantinedContent, "reason" | "since" | "by">): void {
    const { name, version } = resource;
    this.#quarantine ??= new Quarantine(this.#type.typeUrl, this.#context);
    this.#quarantine.add({ name, version, instead: this.insteadOf(resource), ...why });
    this.#revision++;
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_RESOURCES: readonly Resource[] = [];
const GIVEN_UP = "not found to be accepted before the search for what is rejected was ended";
const RELEASED = { client: "operator", others: "accepted", reference: "referenced" } as const;
