import type { Figures } from "./figures.ts";
import type { Programs } from "./world.ts";

/** What a scenario is run with. */
export interface RunOptions {
  readonly programs: Programs;
  readonly figures: Figures;
  /** As large as its figures are for; otherwise small enough for each change. */
  readonly long: boolean;
  /** How long the scenarios take that take any time; default: as they say. */
  readonly minutes?: number | undefined;
}

/** A load that the server has to hold under. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  run(options: RunOptions): Promise<void>;
}
