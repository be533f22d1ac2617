import type { Bench } from "./harness.ts";
import type { Ability } from "./cache-under-test.ts";

/** One rule of the contract, with the way to find out whether it is kept. */
export interface TestCase {
  readonly name: string;
  /** Left out for caches that lack one of these. */
  readonly needs?: readonly Ability[];
  /** @param another - makes another instance of the cache */
  readonly run: (bench: Bench, another: () => Promise<Bench>) => Promise<void>;
}
