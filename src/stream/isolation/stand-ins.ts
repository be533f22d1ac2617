import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { OutgoingResponse } from "../response.ts";
import type { SubscriptionUpdate } from "../subscription.ts";
import type { Matches } from "../held-state.ts";
import { indexByName } from "../resource-index.ts";
import type { GroupContent } from "./group-content.ts";
import { HeldNames } from "./held-names.ts";
import type { IsolationContext } from "./isolation-context.ts";
import type { IsolatedType, SubscribedType } from "./isolation-types.ts";
import { PartlyApplied } from "./partly-applied.ts";
import { RefusedContents } from "./refused-contents.ts";
import { StandInQueue } from "./stand-in-queue.ts";

/** What one client is sent in place of what is rejected: what it accepted last, or what others of its group did. */
export class StandIns {
  /** The names that the client has any content of. */
  readonly held = new HeldNames();
  readonly queue = new StandInQueue();
  readonly #context: IsolationContext;
  readonly #type: Omit<IsolatedType, "typeUrl">;
  #group: GroupContent | undefined = undefined;
  #view: View | undefined = undefined;
  /** Full state: the resources of the last response that the client ACKed. */
  #accepted: readonly Resource[] | undefined = undefined;
  readonly #refused = new RefusedContents();
  readonly #applied = new PartlyApplied();
  #isReturning = false;
  #revision = 0;

  constructor(context: IsolationContext, type: Omit<IsolatedType, "typeUrl">) {
    this.#context = context;
    this.#type = type;
  }

  /** Changes with what the client is known to have, while it is kept from something. */
  get revision(): number {
    return this.#revision;
  }

  /** Full state: whether the client returns from an earlier stream, and it is not known what it has. */
  get isUnknown(): boolean {
    return this.#type.fullState && this.#accepted === undefined && this.#isReturning;
  }

  /** Whether the client is known to have any content of a name. */
  has(name: string): boolean {
    if (this.#type.fullState) return this.#own(name) !== undefined;
    return this.held.has(name, this.#group?.since(name));
  }

  /** Full state: what the client has; undefined if it has ACKed no response of the stream. */
  get accepted(): readonly Resource[] | undefined {
    return this.#accepted;
  }

  /** The client has ACKed a response. @param isHolding - it is kept from other content */
  accept(response: OutgoingResponse, { revision }: View, isHolding: boolean): void {
    const { client, fullState } = this.#type;
    const isPending = (name: string) => client.pending.names.has(name);
    this.queue.settled();
    if (isHolding) this.#revision++;
    if (fullState) {
      this.#accepted = response.resources;
      this.#applied.clear();
      this.#refused.delete(response.resources);
    } else if (isHolding) this.held.acked(response);
    else if (client.position === revision && client.withheld.size === 0) this.held.ackedAll(revision, isPending);
    else this.held.warmed(response.resources);
  }

  /** The client rejects a response. @param rejected - see {@link PartlyApplied.note} */
  rejected({ resources, removed }: OutgoingResponse, rejected: readonly string[] | undefined): void {
    if (this.#type.fullState) return this.#applied.note(resources, rejected);
    this.held.rejected(resources);
    if (rejected === undefined) return;
    this.held.acked({ resources: resources.filter(({ name }) => !rejected.includes(normalName(name))), removed });
  }

  /** Full state: has a response sent without what the client may have applied, once the view does not have it. */
  requestRemovals(view: View): void {
    for (const name of this.#applied.removedFrom(view)) if (!this.has(name)) this.#type.client.request(name);
  }

  /** Has the stand-in of a content sent with the next {@link flush}, unless the client has something of that name. */
  request(resource: Resource): void {
    const { name } = resource;
    // Of a client that returns each response has all of them.
    if (this.has(name) || this.isUnknown) return;
    const instead = this.insteadOf(resource);
    if (instead !== undefined && !this.#refused.has(instead)) this.queue.add(name);
  }

  /** Has stand-ins sent: after a search, so that they are not rejected with what is tried. */
  flush(): void {
    this.queue.flush((name) => this.#type.client.request(name));
  }

  /** Has the stand-in of a name sent before anything else, whether the client has it or not. */
  sendNext(name: string): void {
    this.queue.add(name);
    this.flush();
  }

  /** The client rejects a response that had these, in place of others. @param areAlone - it does not say which of them */
  sendAgain(resources: readonly Resource[], areAlone: boolean): void {
    this.queue.addAgain(resources.map(({ name }) => normalName(name)), areAlone);
  }

  /** A response was sent, or none was needed. */
  sent(isResponse: boolean): void {
    this.queue.sent(isResponse);
    if (isResponse) this.held.sent();
  }

  /** The client rejects a response that has these. */
  refuse(resources: readonly Resource[]): void {
    this.#refused.add(resources);
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    this.#accepted = this.#accepted?.filter(({ name }) => matches(normalName(name)));
    this.held.retain(matches);
    this.#applied.retain(matches);
    this.queue.retain(matches);
  }

  /** The client has subscribed to more or to less. @param isFirst - by its first request of the type */
  subscribed(update: SubscriptionUpdate, isFirst: boolean, { isReturning }: SubscribedType): void {
    const { added, addedCollections, removedCollections, wildcardChanged } = update;
    if (isFirst || wildcardChanged || (addedCollections ?? removedCollections)) this.held.forgetPosition();
    else if (!this.#type.fullState) this.held.subscribed(added);
    if (!isFirst) return;
    this.#isReturning = isReturning;
    this.held.resume(this.#type.client.held);
  }

  /** The view is replaced by another. */
  rebased(): void {
    this.held.clear();
  }

  /** What the client's group says of a view. */
  groupOf(view: View): GroupContent {
    if (this.#group === undefined || this.#view !== view) {
      this.#view = view;
      this.#group = this.#context.fleet.groupOf(view, this.#context.kind());
    }
    return this.#group;
  }

  /** Whether most of the group reject a resource that the client has not accepted itself. */
  areNeededFor(resource: Resource): boolean {
    return (this.#group?.excludes(resource) ?? false) && !this.hasOwn(resource);
  }

  /** Whether the client returns with a resource as it is, and is not sent it. */
  isHeld({ name, version }: Resource): boolean {
    return this.#type.client.held.includes(name, version);
  }

  /** Full state: whether a client has a resource, or may have it, that it would remove if it were left out. */
  isRemovedWithout(name: string): boolean {
    return this.isUnknown || this.#own(name) !== undefined || this.#applied.get(name) !== undefined;
  }

  /** Whether what others have accepted is sent in place of a resource: by request, and with full state in its turn. */
  isSent(name: string): boolean {
    return !this.#type.fullState || this.queue.isSent(name);
  }

  /** Whether the client is known to have a resource as it is. */
  hasOwn({ name, version }: Resource): boolean {
    return this.#own(name)?.version === version || this.held.isResumed(name, version);
  }

  insteadOf({ name, version }: Resource): Resource | undefined {
    const applied = this.#applied.get(name);
    const own = applied === undefined || applied.version === version ? this.#own(name) : applied;
    const instead = own ?? this.#group?.insteadOf({ name, version });
    // Left out, it would be removed where the client has it from an earlier stream.
    return instead !== undefined && !this.isUnknown && this.#refused.has(instead) ? undefined : instead;
  }

  /** Whether the client has other content than its group in place of what most reject. */
  differFrom(group: GroupContent): boolean {
    if (!this.#refused.isEmpty || this.isUnknown) return true;
    return group.records.some(({ isRejected, name, version, instead }) => {
      if (!isRejected) return false;
      const own = this.#own(name);
      return this.held.isResumed(name, version) || (own !== undefined && own.version !== instead?.version);
    });
  }

  #own(name: string): Resource | undefined {
    return this.#accepted && indexByName(this.#accepted).get(name);
  }
}
