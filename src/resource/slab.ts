/** A place in memory that others share. */
export interface Place {
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Where it begins. */
  readonly at: number;
}

/**
 * Memory for the bytes of resources. An `ArrayBuffer` takes some 300 bytes beside its content, as much as a small
 * resource, and a view of one takes 100: so bytes that are made in one go, before other tasks run, share both.
 *
 * Memory lives as long as anything in it. What is made together is often replaced together; what is made alone has memory
 * of its own, so that a single resource never retains those of others.
 *
 * @returns a place with room for a size in bytes, filled with zeros
 */
export function allocate(size: number): Place {
  if (size > MAX_SHARED) return { memory: new Uint8Array(size), at: 0 };
  if (size > memory.length - used) {
    if (total === 0) queueMicrotask(close);
    // At most as much as there is already, so that no more than half of the memory is unused.
    memory = new Uint8Array(Math.max(size, Math.min(total, MEMORY_SIZE)));
    used = 0;
  }
  const at = used;
  used += size;
  total += size;
  return { memory, at };
}

/**
 * In bytes. Where resources are made together and then replaced one by one in random order, memory retains some ln(n)
 * times the bytes in use, with n resources in each. With this size that is about what memory of their own would take.
 */
const MEMORY_SIZE = 2 * 1024;
/** The largest part of shared memory, in bytes: beyond, memory of its own takes little in comparison. */
const MAX_SHARED = 512;
const NOTHING = new Uint8Array(0);

/** The memory that is being filled, until the task ends. */
let memory = NOTHING;
/** How much of it is used. */
let used = 0;
/** The bytes that were made in this go. */
let total = 0;

function close(): void {
  memory = NOTHING;
  used = total = 0;
}
