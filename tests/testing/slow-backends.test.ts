import { describe, expect, it } from "vitest";
import { cacheFrom, LinearCache, type Resource } from "../../mod.ts";
import { ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { type CacheUnderTest, ContractViolation, testCache, type TestCacheOptions } from "../../src/testing/mod.ts";

/** The tests of the kit, by name. */
function testsOf(options: TestCacheOptions): Map<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  testCache({ describe: (_, body) => body(), it: (name, body) => void tests.set(name, body) }, options);
  return tests;
}

/** A cache whose source looks at its backend now and then. */
function polling(everyMs: number): CacheUnderTest {
  let resources: readonly Resource[] = [];
  let version = 0;
  const cache = cacheFrom(async function* ({ type }, { signal }) {
    for (let seen = 0; !signal.aborted;) {
      if (seen !== version) {
        seen = version;
        yield { resources: resources.filter(({ typeUrl }) => typeUrl === type) };
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  });
  return { cache, publish: (publication) => void (resources = publication.resources, version++) };
}

const LONG = "lists all changes since any earlier revision, or says that it was compacted";

async function failureOf(test: () => Promise<void>): Promise<unknown> {
  return await test().then(() => undefined, (error) => error);
}

describe("the kit", () => {
  it("ends the case of a hundred publications in time, with a backend that is polled each 200 ms", async () => {
    const test = testsOf({ name: "polled", create: () => polling(200), lacks: ["nodes", "atomic"] }).get(LONG)!;
    const start = performance.now();
    await test();
    // It took 20 s where each publication was waited for; test runners give 5 s.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("says what is wrong before test runners end a test, and what to declare", async () => {
    const never: CacheUnderTest = { cache: new LinearCache("a/b"), publish() {} };
    const test = testsOf({ name: "never", create: () => never }).get("serves each node its own resources")!;
    const start = performance.now();
    const failure = await failureOf(test);
    expect(performance.now() - start).toBeLessThan(4500);
    expect(failure).toBeInstanceOf(ContractViolation);
    expect((failure as Error).message).toMatch(
      /^The cache does not show a watcher .* \(after 2000 ms\); a cache that is not to do that declares lacks: \["nodes"\]$/,
    );
    expect((failure as Error).stack).toContain('lacks: ["nodes"]');
  });

  it("names all abilities that a failed case needs", async () => {
    const cache = new LinearCache(ENDPOINT_TYPE);
    const under: CacheUnderTest = {
      cache,
      publish: ({ resources }) => cache.set(resources.filter(({ typeUrl }) => typeUrl === ENDPOINT_TYPE)),
    };
    const tests = testsOf({ name: "one type", create: () => under, timeoutMs: 50 });
    const failure = await failureOf(tests.get("has all types of a publication before it calls a watcher")!);
    expect((failure as Error).message).toMatch(/declares lacks: \["types"\] or lacks: \["atomic"\]$/);
  });

  it("refuses options that it does not know", () => {
    const options = { name: "a", create: () => polling(1), lack: ["nodes"] } as unknown as TestCacheOptions;
    expect(() => testsOf(options)).toThrow('Cannot test a cache: it has no option "lack"; did you mean "lacks"?');
  });
});
