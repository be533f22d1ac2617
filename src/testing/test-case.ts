import type { CacheHarness } from "./harness.ts";
import type { Ability } from "./cache-under-test.ts";

/** One rule of the contract, and its test. */
export interface TestCase {
  /** The rule with the cache, or its view, as the subject: printed in the reports of users' own tests. */
  readonly name: string;
  /** Left out for caches that lack one of these. */
  readonly needs?: readonly Ability[];
  /** @param another - creates another instance of the cache */
  readonly run: (harness: CacheHarness, another: () => Promise<CacheHarness>) => Promise<void>;
}
