import { hashOf } from "./blobs.ts";
import { encodeReference } from "./manifest.ts";

/** Content that is a value of its own. */
export interface Content {
  readonly hash: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a publication writes before its manifest, each content once. */
export class Contents {
  readonly #all = new Map<string, Uint8Array<ArrayBuffer>>();

  get all(): Content[] {
    return Array.from(this.#all, ([hash, bytes]) => ({ hash, bytes }));
  }

  /** @returns the hash */
  async add(bytes: Uint8Array): Promise<string> {
    const own = bytes as Uint8Array<ArrayBuffer>;
    const hash = await hashOf(own);
    this.#all.set(hash, own);
    return hash;
  }

  /** A manifest that an engine can take: one that is too large is content of its own. */
  async within(maxValueBytes: number, key: string, value: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return value.length <= maxValueBytes ? value : encodeReference(key, await this.add(value));
  }
}
