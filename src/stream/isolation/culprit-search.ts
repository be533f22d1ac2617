import type { Culprits } from "./culprits.ts";

/**
 * The search for what a client rejects, in one type on one stream: a rejected response is sent again in parts, until each
 * of its resources was accepted or is known to be rejected.
 *
 * The names in the client's reason come first. Where it names none, a part is halved: of `n` resources of which one is
 * rejected, it is found by at most 2·log2(n)+2 responses.
 *
 * Invariants: a name is in one part at most. Each part is smaller than a response that it was rejected with, and the
 * number of parts tried is bounded, so that the search ends whatever a client says.
 */
export class CulpritSearch {
  /** The next part is the last. */
  #parts: Part[] = [];
  #trial: Part | undefined = undefined;
  #tried = 0;
  /** One culprit was found, and all that was not tried by then was sent together. */
  #hasJoined = false;

  get isOpen(): boolean {
    return this.#trial !== undefined || this.#parts.length > 0;
  }

  /** The names that are being tried: in the next response, or in the one in flight. */
  get trial(): ReadonlySet<string> {
    return this.#trial?.names ?? NO_NAMES;
  }

  /** Whether any of the names that are being tried is likely to be rejected. */
  get isSuspect(): boolean {
    return this.#trial?.isSuspect ?? false;
  }

  /** Whether a name is in any part that is not being tried. */
  isWaiting(name: string): boolean {
    return this.#parts.some(({ names }) => names.has(name));
  }

  /**
   * The response with these names was rejected.
   *
   * @param names - resources and removals of the response
   * @param removals - those that are removals: no client rejects a removal
   * @returns the names that are rejected for certain
   */
  rejected(
    names: ReadonlySet<string>,
    removals: ReadonlySet<string>,
    { isWhole = true, isExplained = false, ...named }: SearchedRejection,
  ): readonly string[] {
    this.#take(names);
    const resources = [...names].filter((name) => !removals.has(name));
    const [certain, likely] = [named.certain, named.likely].map((each) => {
      return each.filter((name) => names.has(name) && !removals.has(name));
    }) as [string[], string[]];
    const isFound = certain.length === 0 && !isExplained && resources.length === 1 && isWhole;
    const culprits = isFound ? resources : certain;
    const isCulprit = new Set(culprits);
    const rest = resources.filter((name) => !isCulprit.has(name));
    // Removals that were rejected alone stay undone: there is no smaller part of them to try.
    const untried = resources.length === 0 && isWhole ? [] : [...removals];
    const isNamed = isExplained || certain.length > 0;
    if (culprits.length > 0 || isNamed || resources.length === 1) this.#push([...untried, ...rest], !isNamed);
    else this.#split([...untried, ...rest], likely);
    if (isFound && !this.#hasJoined) this.#join();
    return culprits;
  }

  /** A response was rejected for a name, or for what was beside it: the name is tried again by the next part. */
  repeat(name: string): void {
    this.#take([name]);
    this.#push([name]);
  }

  /** The same, but the name is tried again after the others. @returns false if no other is left to try */
  defer(name: string): boolean {
    this.repeat(name);
    const part = this.#parts.pop()!;
    if (this.#parts.every(({ isDeferred }) => isDeferred)) return false;
    this.#parts.unshift({ ...part, isDeferred: true });
    return true;
  }

  /** The response with these names was accepted. */
  accepted(names: Iterable<string>): void {
    const sibling = this.#trial?.sibling;
    // The whole was rejected and this part of it is not, so the other one has what was rejected.
    if (sibling !== undefined) sibling.hasCulprit = true;
    this.#take(names);
  }

  /** Chooses the next part. @returns its names; undefined if none is left */
  next(): ReadonlySet<string> | undefined {
    let part = this.#parts.pop();
    while (part?.hasCulprit && part.names.size > 1) {
      this.#split([...part.names], []);
      part = this.#parts.pop();
    }
    this.#trial = part;
    this.#tried++;
    if (part === undefined) this.end();
    return part?.names;
  }

  /** The part that is being tried is tried later. */
  postpone(): void {
    if (this.#trial !== undefined) this.#parts.push(this.#trial);
    this.#trial = undefined;
    this.#tried--;
  }

  /** A name has changed, or is not subscribed to any more: nothing is known of it. */
  forget(name: string): void {
    const isOfTrial = this.#trial?.names.delete(name) ?? false;
    const part = isOfTrial ? this.#trial : this.#parts.find(({ names }) => names.delete(name));
    if (part === undefined) return;
    part.hasCulprit = false;
    part.sibling = undefined;
    for (const each of this.#parts) if (each.sibling === part) each.sibling = undefined;
    if (this.#trial?.sibling === part) this.#trial.sibling = undefined;
    if (part.names.size === 0) this.#parts = this.#parts.filter((each) => each !== part);
  }

  /** Whether more parts were tried than any honest client needs. @param most - default: 1,024 */
  isExhausted(most = MAX_TRIALS): boolean {
    return this.#tried >= most;
  }

  /** Ends the search. @returns the names that are left */
  end(): readonly string[] {
    const left = [...this.trial, ...this.#parts.flatMap(({ names }) => [...names])];
    this.#parts = [];
    this.#trial = undefined;
    this.#tried = 0;
    this.#hasJoined = false;
    return left;
  }

  /** A response with these names is settled, and so is the part that was tried with it. */
  #take(names: Iterable<string>): void {
    const trial = this.#trial?.names;
    this.#trial = undefined;
    for (const name of names) if (!trial?.has(name)) this.forget(name);
  }

  /** Most often there is one culprit. If there are more, the parts are tried one by one from here on. */
  #join(): void {
    this.#hasJoined = true;
    const names = this.#parts.flatMap((part) => [...part.names]);
    this.#parts = [];
    this.#push(names);
  }

  #split(names: readonly string[], likely: readonly string[]): void {
    const isSuspect = new Set(likely.length < names.length ? likely : []);
    const middle = Math.ceil(names.length / 2);
    const [first, second] = isSuspect.size > 0
      ? [names.filter((name) => !isSuspect.has(name)), [...isSuspect]]
      : [names.slice(0, middle), names.slice(middle)];
    const later = this.#push(second);
    const sooner = this.#push(first);
    if (sooner !== undefined) sooner.sibling = later;
  }

  #push(names: readonly string[], isSuspect = true): Part | undefined {
    if (names.length === 0) return undefined;
    const part = { names: new Set(names), isSuspect, isDeferred: false, hasCulprit: false, sibling: undefined };
    this.#parts.push(part);
    return part;
  }
}

/** What a client says of a response that it rejects. */
export interface SearchedRejection extends Culprits {
  /** Whether the response had nothing beside the names of the search, which may be what was rejected. Default: true. */
  readonly isWhole?: boolean;
  /** Whether the client names what the response had beside them, so that they are not known to be bad. Default: false. */
  readonly isExplained?: boolean;
}

/** Names that are sent in one response. */
interface Part {
  readonly names: Set<string>;
  /** Not what is left of a response of which the client has named the bad ones. */
  readonly isSuspect: boolean;
  /** It was tried before. */
  readonly isDeferred: boolean;
  /** At least one of them is rejected, which follows from the other parts. */
  hasCulprit: boolean;
  /** The other part of the response that both were rejected with. */
  sibling: Part | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();
/** A hundred resources of which each second one is rejected take two hundred. */
const MAX_TRIALS = 1_024;
