import process from "node:process";
import { directoryCopy } from "../node/store/mod.ts";
import type { Logger } from "../server/mod.ts";
import type { SnapshotStore } from "../store/mod.ts";
import type { Source } from "./source.ts";
import { errorText } from "./store/error-text.ts";
import { LayeredReplica } from "./store/layered-replica.ts";
import { openStore } from "./store/open-store.ts";
import { ReplicaLog } from "./store/replica-log.ts";
import type { StorePlace } from "./store/store-options.ts";

/** How a store is served. */
export interface StoreSourceOptions {
  readonly log: Required<Logger>;
  /** The directory of the copy. Default: none is kept. */
  readonly copyTo: string | undefined;
  /** Opens the store. Default: by its address. */
  readonly open?: (place: StorePlace) => Promise<SnapshotStore>;
}

/** A store as a source, whose state is logged. @returns undefined if it cannot be used, which is logged */
export async function storeSource(
  place: StorePlace,
  { log, copyTo, open = openStore }: StoreSourceOptions,
): Promise<Source | undefined> {
  let store: SnapshotStore;
  try {
    store = await open(place);
  } catch (error) {
    log.error({}, errorText(error));
    return undefined;
  }
  const { key, name } = place;
  const replicaLog = new ReplicaLog(log, { key, copyTo });
  const cache = new LayeredReplica(store, {
    key,
    ...copyTo !== undefined && { copy: directoryCopy(copyTo) },
    onServed: (each, revision) => replicaLog.served(each, revision),
    onError: (error) => replicaLog.error(error),
  });
  log.info({ key }, `Follows the key "${key}" of ${name}`);
  replicaLog.follow(cache.replica);
  cache.ready.then(() => replicaLog.ready(), () => {});
  const accept = () => replicaLog.accepted(cache.replica.accept());
  if (process.platform !== "win32") process.on(ACCEPT_SIGNAL, accept);
  return {
    cache,
    // A replica that is closed before is no fault.
    ready: new Promise((resolve) => cache.ready.then(resolve, () => {})),
    close: async () => {
      process.off(ACCEPT_SIGNAL, accept);
      replicaLog.close();
      await cache.close();
      await store.close();
    },
  };
}

/** The word of the operator. Not SIGHUP, which a terminal sends that is closed. */
const ACCEPT_SIGNAL = "SIGUSR2";
