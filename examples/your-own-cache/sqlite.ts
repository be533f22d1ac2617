// Snapshots in a SQLite database: any process publishes, each server follows.
import { DatabaseSync } from "node:sqlite";
import { rawResource, type Resource, snapshotsFrom, type SourceCache } from "../../mod.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS snapshots (key TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS resources (
    key TEXT NOT NULL REFERENCES snapshots ON DELETE CASCADE,
    type TEXT NOT NULL, name TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (key, type, name));
`;

/** Replaces the snapshot of a key: readers see the former one or this one. */
export function publish(database: DatabaseSync, key: string, resources: Iterable<Resource>): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.prepare("DELETE FROM snapshots WHERE key = ?").run(key);
    database.prepare("INSERT INTO snapshots VALUES (?)").run(key);
    const insert = database.prepare("INSERT INTO resources VALUES (?, ?, ?, ?)");
    for (const { typeUrl, name, bytes } of resources) insert.run(key, typeUrl, name, bytes);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Opens a database to publish to. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  return database;
}

/** A cache that looks for changes every so many milliseconds. Resources are never decoded on their way. */
export function sqliteCache(path: string, everyMs = 200): SourceCache {
  const database = openDatabase(path);
  const version = database.prepare("PRAGMA data_version");
  // One statement, so that it reads one state of the database.
  const all = database.prepare("SELECT s.key, type, name, bytes FROM snapshots s LEFT JOIN resources USING (key)");
  let seen: unknown;
  return snapshotsFrom(() => {
    const { data_version: now } = version.get()!;
    if (now === seen) return [];
    const keys = Map.groupBy(all.all() as unknown as Row[], ({ key }) => key);
    seen = now;
    return [...keys].map(([key, rows]) => ({
      key,
      snapshot: rows.filter(({ type }) => type !== null).map(resourceOf),
    }));
  }, { everyMs });
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A resource whose bytes are the same has the same version, so that clients are sent what changed only. */
function resourceOf({ type, name, bytes }: Row): Resource {
  return rawResource(type, name, bytes);
}
