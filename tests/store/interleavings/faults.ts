import { type EngineEvent, RevisionConflict } from "../../../src/store/mod.ts";
import type { Fault } from "./world.ts";

/** Seeded faults of engines, writers, collectors and watches: each breaks one thing that nothing may be lost by. */
export const FAULTS: readonly (Fault & { readonly name: string })[] = [
  {
    name: "an engine that writes a manifest whatever its revision is",
    ofActors: (engine) => ({
      putIf: (key, value, revision) => engine.putIf(key, value, key.startsWith("m/") ? undefined : revision),
    }),
  },
  {
    name: "an engine that compares revisions, and writes later",
    ofActors: (engine) => ({
      async putIf(key, value, revision) {
        const found = (await engine.get(key))?.revision ?? 0;
        if (revision !== undefined && revision !== found) throw new RevisionConflict(key, { expected: revision });
        return await engine.putIf(key, value);
      },
    }),
  },
  {
    name: "an engine that acknowledges a manifest and does not write it",
    ofActors: (engine) => ({
      putIf: async (key, ...args) => key.startsWith("m/") ? 1_000_000 : await engine.putIf(key, ...args),
    }),
  },
  {
    name: "an engine that deletes whatever the revision is",
    ofActors: (engine) => ({
      putIf: (key, value, revision) => engine.putIf(key, value, value === undefined ? undefined : revision),
    }),
  },
  {
    name: "a writer that does not declare itself",
    ofActors: (engine) => ({
      putIf: async (key, ...args) => key.startsWith("w/") ? 1 : await engine.putIf(key, ...args),
    }),
  },
  {
    name: "a writer that writes its manifest before the content",
    ofActors(engine, now) {
      const later: (() => Promise<unknown>)[] = [];
      return {
        async putIf(key, value, revision) {
          if (now.step?.do === "collect") return await engine.putIf(key, value, revision);
          if (key.startsWith("b/")) {
            later.push(() => engine.putIf(key, value, revision));
            return 1;
          }
          const written = await engine.putIf(key, value, revision);
          if (key.startsWith("m/")) { for (const write of later.splice(0)) await write(); }
          return written;
        },
      };
    },
  },
  {
    name: "a writer that does not write what is there already",
    ofActors: (engine) => ({
      async putIf(key, value, revision) {
        const found = key.startsWith("b/") && value !== undefined ? await engine.get(key) : undefined;
        return found?.revision ?? await engine.putIf(key, value, revision);
      },
    }),
  },
  {
    name: "a collector that looks for writers before it lists the content",
    ofActors(engine) {
      const writers: { readonly key: string; readonly revision: number }[] = [];
      return {
        async *list(prefix) {
          if (prefix === "b/") {
            writers.length = 0;
            for await (const each of engine.list("w/")) writers.push(each);
          }
          if (prefix === "w/") yield* writers;
          else yield* engine.list(prefix);
        },
      };
    },
  },
  {
    name: "a collector that fences no writer off",
    ofActors: (engine, now) => ({
      async putIf(key, ...args) {
        return now.step?.do === "collect" && key.startsWith("m/") ? 1 : await engine.putIf(key, ...args);
      },
    }),
  },
  {
    name: "a watch that leaves out a change",
    ofReplica: (engine) => ({
      async *watch(...args) {
        let count = 0;
        for await (const event of engine.watch(...args)) if (event.key === undefined || count++ !== 1) yield event;
      },
    }),
  },
  {
    name: "a watch that shows a former change again",
    ofReplica: (engine) => ({
      async *watch(...args) {
        let before: EngineEvent | undefined;
        for await (const event of engine.watch(...args)) {
          yield event;
          if (before?.key === event.key && before !== undefined) yield before;
          before = event;
        }
      },
    }),
  },
];
