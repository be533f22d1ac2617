import type { World } from "./world.ts";

/** Something that fails, and what must hold all the same. It throws if that does not. */
export interface FaultCase {
  readonly name: string;
  readonly what: string;
  run(world: World): Promise<void>;
}
