import { FileEngine } from "../../node/store/mod.ts";
import { SnapshotStore } from "../../store/mod.ts";
import type { StorePlace } from "./store-options.ts";

/**
 * Opens a store. With NATS it connects by its first use, and again by the next one where that fails.
 *
 * @throws Error where a directory cannot be used, or the client of NATS is not installed
 */
export async function openStore({ address }: Pick<StorePlace, "address">): Promise<SnapshotStore> {
  if ("directory" in address) {
    try {
      return new SnapshotStore(await FileEngine.open(address.directory));
    } catch (error) {
      throw new Error(`Cannot use the directory ${address.directory}: ${(error as Error).message}`);
    }
  }
  const { NatsStore } = await loadNats();
  return NatsStore.open(address.nats);
}

/** The client is loaded by those that use it, and need not be installed for others. */
async function loadNats(): Promise<typeof import("../../nats/mod.ts")> {
  try {
    return await import("../../nats/mod.ts");
  } catch (error) {
    throw isMissing(error) ? new Error(INSTALL) : error;
  }
}

/** Whether an error says that a package of the client cannot be found. */
export function isMissing(error: unknown): boolean {
  const { message, code } = error as NodeJS.ErrnoException;
  return message.includes("@nats-io/") && (code === "ERR_MODULE_NOT_FOUND" || error instanceof TypeError);
}

/** What to do then. */
export const INSTALL = "Cannot use NATS: its client is not installed; add it by: " +
  "npm install @nats-io/nats-core @nats-io/jetstream @nats-io/kv @nats-io/transport-node (or deno add npm:@nats-io/…)";
