import type { Engine } from "./engine.ts";

/** The keys of content: blobs are named by the hash of what they hold. */
export const BLOBS = "b/";

/** The name of some content: its SHA-256, in base64url. */
export async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Content of any size by its hash. */
export class Blobs {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Writes content, whether it is there or not: a blob that is written again has a new revision, so that a collection
   * that has found it unused before does not delete it.
   *
   * @param hash - of the bytes
   */
  async put(bytes: Uint8Array<ArrayBuffer>, hash: string): Promise<void> {
    const room = this.#engine.maxValueBytes - 1;
    if (bytes.length <= room) {
      await this.#engine.putIf(BLOBS + hash, tagged(WHOLE, bytes));
      return;
    }
    const count = Math.ceil(bytes.length / room);
    // A blob without all of its parts is never found.
    for (let i = 0; i < count; i++) {
      await this.#engine.putIf(partKey(hash, i), tagged(PART, bytes.subarray(i * room, (i + 1) * room)));
    }
    await this.#engine.putIf(BLOBS + hash, tagged(SPLIT, new TextEncoder().encode(String(count))));
  }

  /** Content by its hash; undefined if it is not there, or not whole. */
  async get(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const entry = await this.#engine.get(BLOBS + hash);
    if (entry === undefined) return undefined;
    const [tag] = entry.value;
    const rest = entry.value.slice(1);
    const bytes = tag === SPLIT ? await this.#join(hash, Number(new TextDecoder().decode(rest))) : rest;
    // What was damaged on its way or at rest is not served.
    return bytes !== undefined && await hashOf(bytes) === hash ? bytes : undefined;
  }

  async #join(hash: string, count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const parts = await Promise.all(Array.from({ length: count }, (_, i) => this.#engine.get(partKey(hash, i))));
    if (parts.some((part) => part === undefined)) return undefined;
    const length = parts.reduce((sum, part) => sum + part!.value.length - 1, 0);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part!.value.subarray(1), at);
      at += part!.value.length - 1;
    }
    return bytes;
  }
}

/** The hash of the content that a key is of, or is a part of. */
export function hashIn(key: string): string {
  return key.slice(BLOBS.length).split("/")[0]!;
}

const WHOLE = 0;
const SPLIT = 1;
const PART = 2;

function partKey(hash: string, i: number): string {
  return `${BLOBS}${hash}/${i}`;
}

function tagged(tag: number, bytes: Uint8Array): Uint8Array {
  const value = new Uint8Array(bytes.length + 1);
  value[0] = tag;
  value.set(bytes, 1);
  return value;
}

/** Bytes as a text that may be part of a key. */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
