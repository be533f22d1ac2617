/** A change of one type, written `name=content` and `name`. Each history begins with `a=1`. */
export interface Change {
  readonly update?: readonly string[];
  readonly remove?: readonly string[];
}

/** A bit of everything. */
export const HISTORY: readonly Change[] = [
  { update: ["b=1"] },
  { update: ["a=2"] },
  { remove: ["b"] },
  { update: ["b=2", "c=1"], remove: ["a"] },
  { remove: ["b", "c"] },
  { update: ["a=1"] },
];

/** What a log of changes may get wrong. */
export const SCRIPTS: Readonly<Record<string, readonly Change[]>> = {
  "one publication": [{ update: ["b=1", "c=1"] }, { update: ["a=2", "d=1"], remove: ["b"] }],
  "several publications": HISTORY,
  "what changed back is not listed": [{ update: ["b=1"] }, { update: ["a=2"] }, { update: ["a=1"] }],
  "what came and went is not listed": [{ update: ["b=1"] }, { update: ["c=1"] }, { remove: ["c"] }],
  "what went and came back is not listed": [{ update: ["b=1"] }, { remove: ["a"] }, { update: ["a=1"] }],
  "what went and came back otherwise is listed": [{ update: ["b=1"] }, { remove: ["a"] }, { update: ["a=2"] }],
  "one name again and again": [2, 3, 4, 5, 6, 7].map((content) => ({ update: [`a=${content}`] })),
};

/** A hundred changes of ten names, the same in each run. */
export function longHistory(): Change[] {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const there = new Map([["a", 1]]);
  return Array.from({ length: 100 }, () => {
    const name = `n${random(10)}`;
    const content = there.get(name);
    if (content !== undefined && random(3) === 0) {
      there.delete(name);
      return { remove: [name] };
    }
    const next = content === undefined ? 1 + random(3) : 1 + content % 3;
    there.set(name, next);
    return { update: [`${name}=${next}`] };
  });
}
