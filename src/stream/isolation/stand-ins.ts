import type { View } from "../../cache/mod.ts";
import { normalName, type Resource } from "../../resource/mod.ts";
import type { Matches } from "../held-state.ts";
import { indexByName } from "../resource-index.ts";
import type { GroupContent } from "./group-content.ts";
import type { IsolationContext } from "./isolation-context.ts";

/** What one client is sent in place of what is rejected: what it accepted last, or what others of its group did. */
export class StandIns {
  readonly #context: IsolationContext;
  #group: GroupContent | undefined = undefined;
  #view: View | undefined = undefined;
  /** Full state: the resources of the last response that the client ACKed. */
  #accepted: readonly Resource[] | undefined = undefined;
  /** What others have accepted and the client rejects, the oldest first. */
  #refused: Set<string> | undefined = undefined;

  constructor(context: IsolationContext) {
    this.#context = context;
  }

  /** Full state: what the client has; undefined if it has ACKed no response of the stream. */
  get accepted(): readonly Resource[] | undefined {
    return this.#accepted;
  }

  /** Full state: the client has ACKed a response. */
  accept(resources: readonly Resource[]): void {
    this.#accepted = resources;
  }

  /** The client rejects a response that has these. */
  refuse(resources: readonly Resource[]): void {
    for (const resource of resources) {
      this.#refused ??= new Set();
      this.#refused.add(keyOf(resource));
      if (this.#refused.size > MAX_REFUSED) this.#refused.delete(this.#refused.values().next().value!);
    }
  }

  /** The client may have dropped what it is no longer subscribed to. */
  retain(matches: Matches): void {
    this.#accepted = this.#accepted?.filter(({ name }) => matches(normalName(name)));
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

  /** Whether the client is known to have a resource as it is. */
  hasOwn({ name, version }: Resource): boolean {
    return this.#own(name)?.version === version;
  }

  insteadOf({ name, version }: Resource): Resource | undefined {
    const instead = this.#own(name) ?? this.#group?.insteadOf({ name, version });
    return instead !== undefined && this.#refused?.has(keyOf(instead)) ? undefined : instead;
  }

  /** Whether the client has other content than its group in place of what most reject. */
  differFrom(group: GroupContent): boolean {
    if (this.#refused !== undefined) return true;
    return this.#accepted !== undefined && group.records.some(({ isRejected, name, instead }) => {
      const own = isRejected ? this.#own(name) : undefined;
      return own !== undefined && own.version !== instead?.version;
    });
  }

  #own(name: string): Resource | undefined {
    return this.#accepted && indexByName(this.#accepted).get(name);
  }
}

/** A client that rejects whatever it is sent cannot make a stream grow. */
const MAX_REFUSED = 1_000;

function keyOf({ name, version }: Resource): string {
  return `${version} ${normalName(name)}`;
}
