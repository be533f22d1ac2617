import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { FileEngine, type FileEngineOptions } from "../../src/node/store/mod.ts";
import { MemoryEngine } from "../../src/store/mod.ts";
import { testEngine } from "../../src/testing/mod.ts";

testEngine({ describe, it }, {
  name: "MemoryEngine",
  create() {
    const engine = new MemoryEngine();
    return { engine, connect: () => engine };
  },
});

function files(options: FileEngineOptions) {
  return async () => {
    const directory = await mkdtemp(join(tmpdir(), "file-engine-"));
    return {
      engine: await FileEngine.open(directory, options),
      connect: () => FileEngine.open(directory, options),
      close: () => rm(directory, { recursive: true }),
    };
  };
}

testEngine({ describe, it }, { name: "FileEngine", create: files({}) });
// A generation ends as often as it can.
testEngine({ describe, it }, { name: "FileEngine that is compacted always", create: files({ compactBytes: 0 }) });
