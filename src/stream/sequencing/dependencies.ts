import type { TypeProgress } from "./type-progress.ts";
import { includesAll, union } from "./name-lists.ts";

/** Names that a client has to receive before it can use a response. */
interface Group {
  readonly names: readonly string[];
  /** When the response was sent. */
  readonly since: number;
  /** The response. */
  readonly serial: number;
}

/** Two types, of which the responses of one refer to names of the other that the client has yet to receive. */
export interface OpenReference {
  readonly source: string;
  readonly target: string;
  /** The client does not use the response before it has the names: changes of other types wait for them, too. */
  readonly warms: boolean;
}

interface Link extends OpenReference {
  /** The oldest first. Not empty. */
  groups: readonly Group[];
  /** The `deliveryRevision` of the target when the groups were last compared with it. */
  seen: number | undefined;
}

/** What a response refers to. */
export interface Dependency extends OpenReference {
  readonly names: readonly string[];
  readonly serial: number;
  readonly now: number;
}

/**
 * The names that the client of one stream has still to subscribe to, or to receive, before it can use what it was sent.
 * A gRPC client learns of routes by its listener, of clusters by its routes and of endpoints by its clusters, and uses
 * what it had before until it has all of the new resources.
 *
 * Invariant: a name belongs to the first response that brought it and that is still waited for. It leaves when the client
 * has received it, when the client rejects that response, or when the client has had its time; no other response and no
 * other name removes it.
 */
export class Dependencies {
  /** A handful: one for each reference of the API's table that is open. */
  #links: readonly Link[] = NO_LINKS;
  readonly #holdBackMs: number;

  constructor(holdBackMs: number) {
    this.#holdBackMs = holdBackMs;
  }

  /** The first open reference that a condition holds for. */
  find(condition: (reference: OpenReference) => boolean): OpenReference | undefined {
    return this.#links.find(condition);
  }

  /** Whether the client waits for what a type warms. */
  isWarming(source: string): boolean {
    return this.#links.some((link) => link.warms && link.source === source);
  }

  /** When the first of the names leave because the client has had its time; Infinity if there are none. */
  get nextExpiry(): number {
    let first = Infinity;
    for (const { groups } of this.#links) first = Math.min(first, groups[0]!.since);
    return first + this.#holdBackMs;
  }

  add({ source, target, warms, names, serial, now }: Dependency): void {
    if (names.length === 0) return;
    const link = this.#links.find((each) => each.source === source && each.target === target && each.warms === warms);
    const group = { names, since: now, serial };
    if (link === undefined) {
      this.#links = [...this.#links, { source, target, warms, groups: [group], seen: undefined }];
    } else if (!link.groups.some((each) => includesAll(each.names, names))) {
      link.groups = withoutTooMany([...link.groups, group]);
      link.seen = undefined;
    }
  }

  /** Removes the names that the client has received, and those that it has had its time for. */
  prune(types: ReadonlyMap<string, TypeProgress>, now: number): void {
    for (const link of this.#links) {
      if (now >= link.groups[0]!.since + this.#holdBackMs) {
        link.groups = link.groups.filter(({ since }) => now < since + this.#holdBackMs);
      }
      const target = types.get(link.target);
      if (target === undefined || target.deliveryRevision === link.seen) continue;
      link.seen = target.deliveryRevision;
      link.groups = unmet(link, target);
    }
    this.#dropEmpty();
  }

  /** The client has rejected a response, and waits for none of what it refers to. */
  dropResponse(source: string, serial: number): void {
    for (const link of this.#links) {
      if (link.source === source) link.groups = link.groups.filter((group) => group.serial !== serial);
    }
    this.#dropEmpty();
  }

  /** No type waits any longer for what a type warms. */
  dropWarming(source: string): void {
    this.#links = this.#links.filter((link) => !link.warms || link.source !== source);
  }

  #dropEmpty(): void {
    if (this.#links.some(({ groups }) => groups.length === 0)) {
      this.#links = this.#links.filter(({ groups }) => groups.length > 0);
    }
  }
}

const NO_LINKS: readonly Link[] = [];

/** The oldest are joined beyond this, so that a client cannot make a stream grow. */
const MAX_GROUPS = 8;

function withoutTooMany(groups: readonly Group[]): readonly Group[] {
  if (groups.length <= MAX_GROUPS) return groups;
  const [oldest, next, ...rest] = groups as [Group, Group, ...Group[]];
  // Of the two the client has ACKed both, so neither is dropped by a NACK any more.
  return [{ names: union(oldest.names, next.names), since: oldest.since, serial: next.serial }, ...rest];
}

/** A name that does not exist cannot be waited for. */
function unmet({ groups, warms }: Link, target: TypeProgress): readonly Group[] {
  const { view } = target.watched;
  if (view === undefined) return warms ? groups : [];
  const isUnmet = (name: string) => view.get(name) !== undefined && !target.isDelivered(name);
  const left: Group[] = [];
  for (const group of groups) {
    if (group.names.every(isUnmet)) left.push(group);
    else {
      const names = group.names.filter(isUnmet);
      if (names.length > 0) left.push({ ...group, names });
    }
  }
  return left;
}
