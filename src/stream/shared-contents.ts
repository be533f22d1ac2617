import type { Content } from "./diff.ts";

/**
 * Responses by their content, for streams that subscribe by name. A fleet often subscribes to the same names, and what is
 * known beforehand of two such streams does not say so: their contents do.
 *
 * A response is held only weakly, since names differ as often: it is found for as long as any stream has it in flight.
 */
export class SharedContents<R extends Numbered> {
  readonly #responses = new Map<string, WeakRef<R>>();

  /** A response that other streams were sent, or a new one. @param make makes it of the content */
  share({ kind, content, lastSerial }: Sought, make: () => R): R {
    const { resources } = content;
    const key = `${kind} ${resources.length} ${resources[0]?.name} ${resources.at(-1)?.name}`;
    const known = this.#responses.get(key)?.deref();
    if (known !== undefined && known.serial > lastSerial && hasContent(known, content)) return known;
    const response = make();
    this.#responses.delete(key);
    this.#responses.set(key, new WeakRef(response));
    if (this.#responses.size > MAX_CONTENTS) this.#responses.delete(this.#responses.keys().next().value!);
    return response;
  }
}

/** A response, as far as it is looked for. */
interface Numbered extends Content {
  readonly serial: number;
}

/** What a response has to be like. */
export interface Sought {
  /** Equal for responses in which the same content has the same bytes. */
  readonly kind: string;
  readonly content: Content;
  /** The serial of the last response on the stream. */
  readonly lastSerial: number;
}

/** More different contents of one change are rare, and cost no more than before. */
const MAX_CONTENTS = 1000;

/** Resources are compared as objects: one that was made for a stream alone is another. */
function hasContent(response: Content, { resources, removed, unknown = [] }: Content): boolean {
  return isEqual(response.resources, resources) && isEqual(response.removed, removed) &&
    isEqual(response.unknown ?? [], unknown);
}

function isEqual<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
