import fc from "fast-check";

export const KEYS = ["x", "y"] as const;
export type Key = typeof KEYS[number];

/** A publication: its contents come from a few, so that what was replaced comes back. */
export type Publication =
  | { readonly do: "publish"; readonly key: Key; readonly content: Content }
  | { readonly do: "update"; readonly key: Key; readonly content: Content; readonly remove: readonly Name[] }
  | { readonly do: "clear"; readonly key: Key };

/** What an actor does, one step after another. */
export type Step = Publication | { readonly do: "collect"; readonly isLater: boolean };

export type Name = "a" | "b" | "c";
/** Of each name, one of three contents. */
export type Content = Readonly<Partial<Record<Name, 0 | 1 | 2>>>;

export interface Actor {
  readonly steps: readonly Step[];
  /** The operation of the engine before which it dies. */
  readonly diesAt: number | undefined;
}

const NAMES = ["a", "b", "c"] as const;
const key = fc.oneof({ weight: 4, arbitrary: fc.constant("x" as const) }, fc.constant("y" as const));
const content: fc.Arbitrary<Content> = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(0, 1, 2), {
  maxKeys: 3,
  noNullPrototype: true,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("publish" as const), key, content }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("update" as const), key, content, remove: fc.subarray([...NAMES]) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("collect" as const), isLater: fc.boolean() }) },
);
const actor: fc.Arbitrary<Actor> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  diesAt: fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined, freq: 3 }),
});

/** Some actors on an engine that takes values of at most so many bytes, in any interleaving. */
export const interleaving = fc.record({
  scheduler: fc.scheduler(),
  actors: fc.array(actor, { minLength: 1, maxLength: 4 }),
  // Everything is split, and a manifest has no room for changes; it has some; all is written into it.
  maxValueBytes: fc.constantFrom(400, 4_000, 1_000_000),
});
