import type { EngineHarness } from "./engine-harness.ts";

/** One rule of the contract of an engine, and its test. */
export interface EngineCase {
  readonly name: string;
  /** @param another - creates another store */
  readonly run: (harness: EngineHarness, another: () => Promise<EngineHarness>) => Promise<void>;
}
