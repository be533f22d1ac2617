import { isXdstp, normalName, type Resource } from "../resource/mod.ts";

/**
 * How a client spells the names of one type. Inside of a stream names are in their normal form; requests are read, and
 * responses written, by this table.
 *
 * Invariant: an `xdstp:` name has an entry from its subscription until `forget`; a plain name never has one, so the
 * tables of most clients do not exist.
 */
export class ClientNames {
  readonly #opaque: boolean;
  /** The normal form of each spelling: a client may repeat all its names in each request. */
  #normal: Map<string, string> | undefined = undefined;
  /** The client's spelling of each normal form that differs from it. */
  #spelled: Map<string, string> | undefined = undefined;

  /** @param opaque - no name has a normal form, as with names that are aliases */
  constructor(opaque: boolean) {
    this.#opaque = opaque;
  }

  /** Whether the client spells any name otherwise than in its normal form. */
  get hasOwnSpellings(): boolean {
    return this.#spelled !== undefined && this.#spelled.size > 0;
  }

  /** The normal form of a name that the client subscribes to; its spelling is remembered. */
  remember(spelling: string): string {
    if (this.#opaque || !isXdstp(spelling)) return spelling;
    const known = this.#normal?.get(spelling);
    if (known !== undefined) return known;
    const normal = normalName(spelling);
    this.forget(normal);
    (this.#normal ??= new Map()).set(spelling, normal);
    if (normal !== spelling) (this.#spelled ??= new Map()).set(normal, spelling);
    return normal;
  }

  /** The normal form of a name, without remembering its spelling. */
  normal(spelling: string): string {
    return this.#opaque ? spelling : normalName(spelling);
  }

  /** Forgets the spelling of a name in its normal form. */
  forget(normal: string): void {
    this.#normal?.delete(this.spelled(normal));
    this.#spelled?.delete(normal);
  }

  /** The client's spelling of a name in its normal form. */
  spelled(normal: string): string {
    return this.#spelled?.get(normal) ?? normal;
  }

  /** A resource under the name that the client uses for it. */
  spelledResource(resource: Resource): Resource {
    const name = this.spelled(resource.name);
    return name === resource.name ? resource : resource.withName(name);
  }
}
