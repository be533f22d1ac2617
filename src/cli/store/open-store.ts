import { existsSync } from "node:fs";
import type { NatsStoreOptions } from "../../nats/mod.ts";
import { FileEngine } from "../../node/store/mod.ts";
import { MemoryEngine, SnapshotStore } from "../../store/mod.ts";
import type { StorePlace } from "./store-options.ts";

/**
 * Opens a store. With NATS it connects by its first use, and again by the next one where that fails.
 *
 * @param options.create - whether one that does not exist is made; otherwise it is as one without anything. Default: true.
 * @throws Error where a directory cannot be used, or the client of NATS is not installed
 */
export async function openStore(
  { address }: Pick<StorePlace, "address">,
  { create = true }: { readonly create?: boolean } = {},
): Promise<SnapshotStore> {
  if ("nats" in address) return await openNats(address.nats, create);
  const { directory } = address;
  if (!create && !existsSync(directory)) return new SnapshotStore(new MemoryEngine());
  try {
    return new SnapshotStore(await FileEngine.open(directory));
  } catch (error) {
    throw new Error(`Cannot use the directory ${directory}: ${(error as Error).message}`);
  }
}

async function openNats(options: NatsStoreOptions, create: boolean): Promise<SnapshotStore> {
  const { MissingBucket, NatsStore } = await loadNats();
  const store = NatsStore.open({ ...options, create });
  if (create) return store;
  try {
    await store.engine.identity();
    return store;
  } catch (error) {
    if (error instanceof MissingBucket) return new SnapshotStore(new MemoryEngine());
    throw error;
  }
}

/** The client is loaded by those that use it, and need not be installed for others. */
async function loadNats(): Promise<typeof import("../../nats/mod.ts")> {
  try {
    return await import("../../nats/mod.ts");
  } catch (error) {
    throw isMissing(error) ? new Error(INSTALL) : error;
  }
}

function isMissing(error: unknown): boolean {
  const { message, code } = error as NodeJS.ErrnoException;
  return message.includes("@nats-io/") && (code === "ERR_MODULE_NOT_FOUND" || error instanceof TypeError);
}

const INSTALL = "Cannot use NATS: its client is not installed; add it by: " +
  "npm install @nats-io/nats-core @nats-io/jetstream @nats-io/kv @nats-io/transport-node (or deno add npm:@nats-io/…)";
