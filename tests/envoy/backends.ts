import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { httpCache } from "../../examples/your-own-cache/http.ts";
import { openDatabase, publish as publishTo, sqliteCache } from "../../examples/your-own-cache/sqlite.ts";
import { type Resource, Snapshot, snapshotsFrom } from "../../mod.ts";
import { MemoryEngine, ReplicatedCache, SnapshotStore } from "../../src/store/mod.ts";
import { Origin } from "../examples/origin.ts";
import type { Backend } from "./case.ts";

/** Other ways to publish than to set a snapshot of the server's own cache. */
export const BACKENDS: readonly { readonly name: string; readonly backend: () => Backend | Promise<Backend> }[] = [
  { name: "a source that is polled", backend: polled },
  { name: "a replica of a store", backend: replicated },
  { name: "the example with SQLite", backend: sqlite },
  { name: "the example with HTTP", backend: http },
];

/** A backend of many types whose state is read as a whole, now and then. */
function polled(): Backend {
  let latest = new Snapshot();
  const cache = snapshotsFrom(() => ({ key: "all", snapshot: latest }), { nodeHash: () => "all", everyMs: EVERY_MS });
  return { cache, publish: (snapshot) => void (latest = snapshot), close: cache.close };
}

/** A replica that follows what a writer publishes to a store. */
function replicated(): Backend {
  const engine = new MemoryEngine();
  const writer = new SnapshotStore(engine);
  const cache = new ReplicatedCache(new SnapshotStore(engine), { nodeHash: () => "all" });
  let last: Promise<unknown> = Promise.resolve();
  const publish = (snapshot: Snapshot) => void (last = last.then(() => writer.publish("all", snapshot)));
  return { cache, publish, close: () => void cache.close() };
}

function sqlite(): Backend {
  const folder = mkdtempSync(join(tmpdir(), "envoy-sqlite-"));
  const path = join(folder, "snapshots.db");
  const database = openDatabase(path);
  const cache = sqliteCache(path, EVERY_MS);
  return {
    cache,
    publish: (snapshot) => publishTo(database, NODE, resourcesOf(snapshot)),
    close() {
      cache.close();
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function http(): Promise<Backend> {
  const origin = new Origin();
  const cache = httpCache(await origin.start(), { everyMs: EVERY_MS });
  return {
    cache,
    publish: (snapshot) => origin.publish(NODE, resourcesOf(snapshot)),
    close() {
      cache.close();
      origin.close();
    },
  };
}

const EVERY_MS = 20;
/** The id of the Envoy. */
const NODE = "test";

function resourcesOf(snapshot: Snapshot): Resource[] {
  return snapshot.types.flatMap((typeUrl) => [...snapshot.resources(typeUrl).values()]);
}
