/**
 * The earlier versions of one name in a log, to see that it changed back: the last few of them.
 *
 * Invariant: `#until` and `#versions` have the same places, the oldest first.
 */
export class PastVersions {
  /** Undefined where the name did not exist. */
  readonly #versions: (string | undefined)[];
  /** The revision that ended each version. */
  readonly #until: number[];
  /** The revision at which the oldest of them began. */
  #since: number;
  /** Whether versions before that one were dropped. */
  #hasForgotten = false;

  constructor(version: string | undefined, { since, until }: { readonly since: number; readonly until: number }) {
    this.#versions = [version];
    this.#until = [until];
    this.#since = since;
  }

  /** The version ends that began with the end of the last one. */
  add(version: string | undefined, until: number): void {
    if (this.#versions.length === MAX_VERSIONS) {
      this.#versions.shift();
      this.#since = this.#until.shift()!;
      this.#hasForgotten = true;
    }
    this.#versions.push(version);
    this.#until.push(until);
  }

  /** Whether the version of now is another than at an earlier revision than its beginning, as far as it is known. */
  isOther(revision: number, now: string | undefined): boolean {
    const last = this.#until.length - 1;
    // It has changed once since, and so not back.
    if ((last === 0 ? this.#since : this.#until[last - 1]!) <= revision) return true;
    if (revision < this.#since) return this.#hasForgotten || now !== undefined;
    let i = 0;
    while (this.#until[i]! <= revision) i++;
    return this.#versions[i] !== now;
  }
}

const MAX_VERSIONS = 8;
