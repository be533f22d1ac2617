/** What waits in a {@link FairQueue}. */
export interface Queued {
  /** The address that it comes from, without a port. */
  readonly address: string;
  /** The memory that it holds, in bytes. */
  readonly bytes: number;
  /** When it began to wait. */
  since: number;
}

/**
 * A queue that takes from each address in turn, so that one with many streams delays its own and not those of others.
 *
 * Invariants: no set is empty; `#size` is the sum of their sizes; the address whose turn is next is the first.
 */
export class FairQueue<T extends Queued> {
  readonly #ofAddress = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The memory that everything in it holds, in bytes. Takes a time that grows with its size. */
  get bytes(): number {
    let bytes = 0;
    for (const each of this) bytes += each.bytes;
    return bytes;
  }

  push(item: T): void {
    const items = this.#ofAddress.get(item.address);
    if (items === undefined) this.#ofAddress.set(item.address, new Set([item]));
    else items.add(item);
    this.#size++;
  }

  /** Takes the oldest of the address whose turn it is. */
  shift(): T | undefined {
    for (const [address, items] of this.#ofAddress) {
      const [item] = items;
      this.delete(item!);
      if (items.size > 0) {
        this.#ofAddress.delete(address);
        this.#ofAddress.set(address, items); // after the others
      }
      return item;
    }
    return undefined;
  }

  delete(item: T): boolean {
    const items = this.#ofAddress.get(item.address);
    if (items === undefined || !items.delete(item)) return false;
    if (items.size === 0) this.#ofAddress.delete(item.address);
    this.#size--;
    return true;
  }

  /**
   * What has to leave for a newcomer: the newest of the address that has most, unless the newcomer's has as many; then the
   * newcomer.
   */
  displacedBy(newcomer: T): T {
    const own = this.#ofAddress.get(newcomer.address)?.size ?? 0;
    let largest: Set<T> | undefined;
    for (const items of this.#ofAddress.values()) if (items.size > (largest?.size ?? own + 1)) largest = items;
    let newest = newcomer;
    for (const item of largest ?? []) newest = item;
    return newest;
  }

  /** What has to leave until the rest holds no more than so many bytes: the newest of the address that holds most. */
  excess(maxBytes: number): T[] {
    let over = this.bytes - maxBytes;
    if (over <= 0) return [];
    const bySize = [...this.#ofAddress.values()]
      .map((items) => ({ items, bytes: bytesOf(items) }))
      .sort((a, b) => b.bytes - a.bytes);
    const leaving: T[] = [];
    for (const { items } of bySize) {
      for (const item of [...items].reverse()) {
        if (over <= 0) return leaving;
        over -= item.bytes;
        leaving.push(item);
      }
    }
    return leaving;
  }

  /** What has waited since before a time. */
  waitingSince(before: number): T[] {
    const found: T[] = [];
    for (const items of this.#ofAddress.values()) {
      for (const item of items) {
        if (item.since > before) break;
        found.push(item);
      }
    }
    return found;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const items of this.#ofAddress.values()) yield* items;
  }
}

function bytesOf(items: Iterable<Queued>): number {
  let bytes = 0;
  for (const item of items) bytes += item.bytes;
  return bytes;
}
