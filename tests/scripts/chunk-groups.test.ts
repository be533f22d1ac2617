import { join } from "node:path";
import type { ChunkingContext } from "rolldown";
import { describe, expect, it } from "vitest";
import { chunkGroups } from "../../scripts/build/chunk-groups.ts";

const ROOT = join("/", "package");
const CORE = "mod.ts";
const NODE = "src/node/mod.ts";

/** What each module imports. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  [CORE]: ["src/server/server.ts"],
  [NODE]: ["src/node/listen.ts"],
  "src/node/listen.ts": ["src/server/server.ts", "gen/a_pb.ts"],
  "src/server/server.ts": ["gen/b_pb.ts"],
  "src/files/mod.ts": ["src/server/server.ts", "gen/c_pb.ts"],
};

describe("chunkGroups()", () => {
  it.each<[path: string, chunk: string | undefined, reason: string]>([
    ["src/server/server.ts", "core-node", "both entries load it"],
    ["src/node/listen.ts", "node", "one entry loads it"],
    ["gen/b_pb.ts", "gen-core-node", "it is generated, and both load it"],
    ["gen/a_pb.ts", "gen-node", "it is generated, and one loads it"],
    ["gen/c_pb.ts", undefined, "neither loads it"],
    ["src/files/mod.ts", undefined, "neither loads it"],
    [NODE, undefined, "it is an entry"],
  ])("has %s in %s, since %s", (path, expected) => {
    const groups = chunkGroups({ root: ROOT, entries: [CORE, NODE].map((entry) => join(ROOT, entry)) });
    const names = groups.filter(({ test }) => (test as (id: string) => boolean)(join(ROOT, path)))
      .map(({ name }) =>
        (name as (id: string, context: ChunkingContext) => string | undefined)(join(ROOT, path), CONTEXT)
      );
    expect(names.filter((name) => name !== undefined)).toEqual(expected === undefined ? [] : [expected]);
  });

  it("takes what more entries load first, and generated modules before those that import them", () => {
    const groups = chunkGroups({ root: ROOT, entries: [CORE, NODE].map((entry) => join(ROOT, entry)) });
    const ordered = groups.toSorted((a, b) => b.priority! - a.priority!).map(({ debugName }) => debugName);
    expect(ordered).toEqual(["gen of 2", "gen of 1", "src of 2", "src of 1"]);
  });
});

const CONTEXT = {
  getModuleInfo: (id: string) => ({
    importedIds: Object.entries(IMPORTS).filter(([path]) => join(ROOT, path) === id)
      .flatMap(([, imported]) => imported.map((each) => join(ROOT, each))),
  }),
} as unknown as ChunkingContext;
