/**
 * Memory for the bytes of resources. An `ArrayBuffer` takes some 300 bytes beside its content, as much as a small
 * resource: so bytes that are made together, as those of one publication, share one.
 *
 * A buffer lives as long as anything in it. What was published together is often replaced together; what is published
 * alone has a buffer of its own, so that a single resource never retains those of others.
 *
 * Invariant: outside of {@link together} there is no open buffer.
 */

/** Makes things whose bytes have the same life. @returns what `make` returns */
export function together<T>(make: () => T): T {
  const outer = open;
  open = { buffer: NOTHING, at: 0, used: 0 };
  try {
    return make();
  } finally {
    open = outer;
  }
}

/** Memory of a size in bytes, filled with zeros. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  if (open === undefined || size > MAX_SHARED) return new Uint8Array(size);
  if (size > open.buffer.byteLength - open.at) {
    // At most as much as there is already, so that no more than half of the memory is unused.
    open.buffer = new ArrayBuffer(Math.max(size, Math.min(open.used, SLAB_SIZE)));
    open.at = 0;
  }
  const bytes = new Uint8Array(open.buffer, open.at, size);
  open.at += size;
  open.used += size;
  return bytes;
}

/** A buffer that is being filled. */
interface Slab {
  buffer: ArrayBuffer;
  /** Where its unused part begins. */
  at: number;
  /** The bytes that were made together so far. */
  used: number;
}

/**
 * In bytes. Where resources are published together and then replaced one by one in random order, buffers retain some
 * ln(n) times the bytes in use, with n resources in each: so they are not large.
 */
const SLAB_SIZE = 8 * 1024;
/** The largest part of a buffer, in bytes: beyond, an `ArrayBuffer` takes little in comparison. */
const MAX_SHARED = 2 * 1024;
const NOTHING = new ArrayBuffer(0);

let open: Slab | undefined;
