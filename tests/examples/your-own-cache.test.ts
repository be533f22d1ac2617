import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { openDatabase, publish, sqliteCache } from "../../examples/your-own-cache/sqlite.ts";
import { testCache } from "../../src/testing/mod.ts";

testCache({ describe, it }, {
  name: "the example with SQLite",
  create() {
    const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-sqlite-"));
    const path = join(folder, "snapshots.db");
    const database = openDatabase(path);
    const cache = sqliteCache(path, 2);
    return {
      cache,
      publish: ({ node, resources }) => publish(database, node.id, resources),
      close() {
        cache.close();
        database.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});
