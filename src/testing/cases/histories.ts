/** A change of one type: updates as `name=content`, removals as `name`. Each history begins with `a=1`. */
export interface Change {
  readonly update?: readonly string[];
  readonly remove?: readonly string[];
}

/** Additions, changes and removals, alone and together. */
export const HISTORY: readonly Change[] = [
  { update: ["b=1"] },
  { update: ["a=2"] },
  { remove: ["b"] },
  { update: ["b=2", "c=1"], remove: ["a"] },
  { remove: ["b", "c"] },
  { update: ["a=1"] },
];

/** Histories that a log of changes may get wrong, by their title. */
export const SCRIPTS: Readonly<Record<string, readonly Change[]>> = {
  "one publication": [{ update: ["b=1", "c=1"] }, { update: ["a=2", "d=1"], remove: ["b"] }],
  "several publications": HISTORY,
  "a change that was reverted is left out": [{ update: ["b=1"] }, { update: ["a=2"] }, { update: ["a=1"] }],
  "a resource that was added and removed is left out": [{ update: ["b=1"] }, { update: ["c=1"] }, { remove: ["c"] }],
  "a resource that was removed and added again is left out": [{ update: ["b=1"] }, { remove: ["a"] }, {
    update: ["a=1"],
  }],
  "a resource that was removed and added with other content is listed": [{ update: ["b=1"] }, { remove: ["a"] }, {
    update: ["a=2"],
  }],
  "one name changed many times": [2, 3, 4, 5, 6, 7].map((content) => ({ update: [`a=${content}`] })),
};

/** A hundred changes of ten names, the same in each run. */
export function longHistory(): Change[] {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const present = new Map([["a", 1]]);
  return Array.from({ length: 100 }, () => {
    const name = `n${random(10)}`;
    const content = present.get(name);
    if (content !== undefined && random(3) === 0) {
      present.delete(name);
      return { remove: [name] };
    }
    const next = content === undefined ? 1 + random(3) : 1 + content % 3;
    present.set(name, next);
    return { update: [`${name}=${next}`] };
  });
}
