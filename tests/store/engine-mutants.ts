import { type Engine, type EngineEvent, MemoryEngine, RevisionConflict } from "../../src/store/mod.ts";

/** A correct engine with one seeded fault, and the test of the kit that has to find it. */
export interface EngineMutant {
  readonly name: string;
  readonly found: string;
  readonly wrap: (engine: MemoryEngine) => Partial<Engine>;
}

/** One for each rule of engines. */
export const ENGINE_MUTANTS: readonly EngineMutant[] = [
  {
    name: "gives an empty value for none",
    found: "has no value for a key that was never written",
    wrap: (engine) => ({
      get: async (key) => await engine.get(key) ?? { value: new Uint8Array(), revision: 0 },
    }),
  },
  {
    name: "acknowledges another revision",
    found: "gives back what was written, with the revision of the write",
    wrap: (engine) => ({ putIf: async (...args) => await engine.putIf(...args) + 1 }),
  },
  {
    name: "stores texts",
    found: "keeps the bytes of a value, whatever they are",
    wrap: (engine) => ({
      putIf: (key, value, revision) => {
        return engine.putIf(key, value && new TextEncoder().encode(new TextDecoder().decode(value)), revision);
      },
    }),
  },
  {
    name: "reads the array of the writer later",
    found: "keeps a value apart from the arrays of its writer and its readers",
    wrap: (engine) => ({
      async putIf(...args) {
        await Promise.resolve();
        return await engine.putIf(...args);
      },
    }),
  },
  {
    name: "creates a key that exists",
    found: "creates a key at revision 0, and refuses that where the key exists",
    wrap: (engine) => ({ putIf: (key, value, revision) => engine.putIf(key, value, revision || undefined) }),
  },
  {
    name: "does not look at revisions",
    found: "replaces a value at its revision, and refuses any other",
    wrap: (engine) => ({
      async putIf(key, value, revision) {
        const entry = await engine.get(key);
        return engine.putIf(key, value, revision === 0 || entry === undefined ? revision : undefined);
      },
    }),
  },
  {
    name: "takes no revision for revision 0",
    found: "replaces a value at any revision where none is given",
    wrap: (engine) => ({ putIf: (key, value, revision = 0) => engine.putIf(key, value, value && revision) }),
  },
  {
    name: "counts revisions for each key",
    found: "has revisions that grow over all keys",
    wrap: () => {
      const engines = new Map<string, MemoryEngine>();
      const of = (key: string) => engines.get(key) ?? engines.set(key, new MemoryEngine()).get(key)!;
      return { get: (key) => of(key).get(key), putIf: (key, ...args) => of(key).putIf(key, ...args) };
    },
  },
  {
    name: "does not write the same content again",
    found: "gives the same content a new revision",
    wrap: (engine) => ({
      async putIf(key, value, revision) {
        const entry = await engine.get(key);
        const isSame = value !== undefined && entry !== undefined && String(entry.value) === String(value);
        if (isSame && (revision === undefined || revision === entry.revision)) return entry.revision;
        return engine.putIf(key, value, revision);
      },
    }),
  },
  {
    name: "deletes at any revision",
    found: "deletes a key, at its revision or at any",
    wrap: (engine) => ({ putIf: (key, value, revision) => engine.putIf(key, value, value && revision) }),
  },
  {
    name: "keeps the revision of what is deleted",
    found: "creates a key again after its deletion, and refuses its former revision",
    wrap: (engine) => {
      const deleted = new Map<string, number>();
      return {
        async putIf(key, value, revision) {
          if (value === undefined && revision) deleted.set(key, revision);
          const isFormer = revision !== undefined && deleted.get(key) === revision && value !== undefined;
          return await engine.putIf(key, value, isFormer ? undefined : revision);
        },
      };
    },
  },
  {
    name: "compares, then writes later",
    found: "lets one of many writers at one revision win",
    wrap: (engine) => ({
      async putIf(key, value, revision) {
        const found = (await engine.get(key))?.revision ?? 0;
        if (revision !== undefined && found !== revision) {
          throw new RevisionConflict(key, { expected: revision, found });
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
        return engine.putIf(key, value);
      },
    }),
  },
  {
    name: "cuts off what is too large",
    found: "takes a value of maxValueBytes, and refuses a larger one",
    wrap: (engine) => ({
      putIf: (key, value, revision) => engine.putIf(key, value?.slice(0, engine.maxValueBytes), revision),
    }),
  },
  {
    name: "lists what begins with the first segment, slash or not",
    found: "lists the keys of a prefix, with their revisions",
    wrap: (engine) => ({ list: (prefix) => engine.list(prefix.replace("/", "")) }),
  },
  {
    name: "lists one page",
    found: "lists many keys whole",
    wrap: (engine) => ({
      async *list(prefix) {
        let count = 0;
        for await (const each of engine.list(prefix)) if (count++ < 256) yield each;
      },
    }),
  },
  {
    name: "folds case",
    found: "keeps keys apart that differ by case, dashes, underscores and slashes only",
    wrap: (engine) => ({
      get: (key) => engine.get(key.toLowerCase()),
      putIf: (key, ...args) => engine.putIf(key.toLowerCase(), ...args),
    }),
  },
  {
    name: "has another identity for each call",
    found: "has one identity for all connections, and another for another store",
    wrap: () => ({ identity: () => Promise.resolve(crypto.randomUUID()) }),
  },
  {
    name: "has one identity for all stores",
    found: "has one identity for all connections, and another for another store",
    wrap: () => ({ identity: () => Promise.resolve("store") }),
  },
  watchMutant("begins in the order of keys", "begins with what is there in the order of revisions", {
    all: (events) =>
      [...events].sort((a, b) => a.key === undefined || b.key === undefined ? 0 : a.key < b.key ? -1 : 1),
  }),
  watchMutant("never says that it is up to date", "says that it is up to date where nothing is there", {
    each: (event) => event.key === undefined ? [] : [event],
  }),
  watchMutant("begins after its revision", "begins at a revision, with the change of that revision", { from: 1 }),
  watchMutant("begins before its revision", "begins at a revision, with the change of that revision", { from: -1 }),
  watchMutant("is up to date at revision 0", "has a revision for being up to date that is not below", {
    each: (event) => [event.key === undefined ? { ...event, revision: 0 } : event],
  }),
  watchMutant("has no values", "shows each change after that, with its revision and value", {
    each: (event) => [{ ...event, value: undefined }],
  }),
  watchMutant(
    "shows changes twice, an old one after a new one",
    "shows the last change of a key that changes often",
    {
      each: (event, before) => before === undefined ? [event] : [event, before],
    },
  ),
  watchMutant("ends once it is up to date", "misses nothing that is written while it begins", { isOnce: true }),
  watchMutant("shows other prefixes", "leaves out the keys of other prefixes", { prefix: "" }),
  watchMutant("shows a deletion as an empty value", "shows no deleted value as if it were there", {
    each: (event) => [event.key === undefined ? event : { ...event, value: event.value ?? new Uint8Array() }],
  }),
  {
    name: "does not end a watch by its signal",
    found: "ends by its signal, though nothing changes, and lets the other watches be",
    wrap: (engine) => ({
      watch: (prefix, { fromRevision }) => engine.watch(prefix, { fromRevision, signal: new AbortController().signal }),
    }),
  },
];

interface Alteration {
  /** Is added to where it begins. */
  readonly from?: number;
  readonly prefix?: string;
  readonly each?: (event: EngineEvent, before: EngineEvent | undefined) => readonly EngineEvent[];
  /** What is shown until it is up to date. */
  readonly all?: (events: readonly EngineEvent[]) => readonly EngineEvent[];
  readonly isOnce?: boolean;
}

function watchMutant(name: string, found: string, alteration: Alteration): EngineMutant {
  const { from = 0, each = (event) => [event], all = (events) => events, isOnce = false } = alteration;
  return {
    name: `has a watch that ${name}`,
    found,
    wrap: (engine) => ({
      async *watch(prefix, { fromRevision, signal }) {
        let first: EngineEvent[] | undefined = [];
        let before: EngineEvent | undefined;
        const options = { fromRevision: fromRevision > 0 ? fromRevision + from : 0, signal };
        for await (const event of engine.watch(alteration.prefix ?? prefix, options)) {
          if (first === undefined) yield* each(event, before);
          else first.push(event);
          before = event;
          if (event.key !== undefined || first === undefined) continue;
          for (const one of all(first)) yield* each(one, undefined);
          first = undefined;
          if (isOnce) return;
        }
      },
    }),
  };
}
