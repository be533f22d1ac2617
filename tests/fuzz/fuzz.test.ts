import process from "node:process";
import { describe, expect, it } from "vitest";
import { lineOf, readCorpus } from "./corpus.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { search } from "./search.ts";
import type { Subject, Target } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";

describe.each(TARGETS)("fuzzing $name: $what", (target) => {
  it("holds for the corpus, and for some mutations of it", async () => {
    const corpus = readCorpus(target.name);
    const { finding } = await search(target, { corpus, seed: 1, forMs: 2_000, maxInputs: corpus.length + 300 });
    expect(finding && `${finding.message}\n\n  ${lineOf(finding.input)}`).toBe(undefined);
  });
});

describe("a search", () => {
  it.each<[string, RegExp, Pick<Subject, "run">]>([
    ["is thrown", /too long/, { run: (input) => failIf(input.length > 40) }],
    ["rejects", /too long/, { run: async (input) => failIf(input.length > 40) }],
    ["is rejected and not awaited", /too long/, {
      run: (input) => void Promise.resolve().then(() => failIf(input.length > 40)),
    }],
    ["is thrown in a later turn", /too long/, { run: (input) => void setImmediate(() => failIf(input.length > 40)) }],
    ["takes too much CPU time", /CPU time/, { run: (input) => input.length > 40 ? work(60) : undefined }],
  ])("finds what %s", async (_, expected, { run }) => {
    const { finding } = await search(targetOf({ run }), { corpus: [], seed: 1, forMs: 20_000 });
    expect(finding?.message).toMatch(expected);
    expect(finding?.input.length).toBeGreaterThan(40);
  });

  it("finds what does not hold after an input", async () => {
    function open(): Subject {
      let longest = 0;
      return {
        ...NOTHING,
        run: ({ length }) => void (longest = Math.max(longest, length)),
        check: () => failIf(longest > 40),
      };
    }
    const { finding } = await search({ ...targetOf({}), open }, { corpus: [], seed: 1, forMs: 20_000 });
    expect(finding?.message).toMatch(/too long/);
    expect(finding?.input.length).toBeGreaterThan(40);
  });

  it("makes the same inputs for the same seed", () => {
    const inputsOf = (seed: number) => {
      const random = new Random(seed);
      const options = { random, others: [new Uint8Array(20)], words: [Uint8Array.of(1, 2)], maxBytes: 100 };
      return Array.from({ length: 50 }, () => lineOf(mutate(new Uint8Array(30), options)));
    };
    expect(inputsOf(1)).toEqual(inputsOf(1));
    expect(inputsOf(1)).not.toEqual(inputsOf(2));
  });
});

function failIf(condition: boolean): void {
  if (condition) throw new Error("too long");
}

function work(ms: number): void {
  const before = process.threadCpuUsage();
  for (let spent = 0; spent < ms * 1000; spent = process.threadCpuUsage(before).user);
}

function targetOf(subject: Partial<Subject>): Target {
  return {
    name: "test",
    what: "what a search finds",
    seeds: [new Uint8Array(30)],
    open: () => ({ ...NOTHING, ...subject }),
  };
}

const NOTHING: Subject = { run() {}, check() {}, async [Symbol.asyncDispose]() {} };
