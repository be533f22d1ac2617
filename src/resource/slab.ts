/**
 * Memory for the bytes of resources. An `ArrayBuffer` takes some 300 bytes beside its content, as much as a small
 * resource: so bytes that are made in one go, before other tasks run, share buffers.
 *
 * A buffer lives as long as anything in it. What is made together is often replaced together; what is made alone has a
 * buffer of its own, so that a single resource never retains those of others.
 *
 * @returns memory of a size in bytes, filled with zeros
 */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  if (size > MAX_SHARED) return new Uint8Array(size);
  if (size > buffer.byteLength - at) {
    if (used === 0) queueMicrotask(close);
    // At most as much as there is already, so that no more than half of the memory is unused.
    buffer = new ArrayBuffer(Math.max(size, Math.min(used, BUFFER_SIZE)));
    at = 0;
  }
  const bytes = new Uint8Array(buffer, at, size);
  at += size;
  used += size;
  return bytes;
}

/**
 * In bytes. Where resources are made together and then replaced one by one in random order, buffers retain some ln(n)
 * times the bytes in use, with n resources in each. With this size that is about what buffers of their own would take.
 */
const BUFFER_SIZE = 2 * 1024;
/** The largest part of a buffer, in bytes: beyond, an `ArrayBuffer` takes little in comparison. */
const MAX_SHARED = 512;
const NOTHING = new ArrayBuffer(0);

/** The buffer that is being filled, until the task ends. */
let buffer = NOTHING;
/** Where its unused part begins. */
let at = 0;
/** The bytes that were made in this go. */
let used = 0;

function close(): void {
  buffer = NOTHING;
  at = used = 0;
}
