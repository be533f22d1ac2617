import type { World } from "./world.ts";

/** What fails. Two faults can happen at the same time if different parts fail. */
export type Part = "envoy" | "connections" | "servers" | "backend" | "configuration";

/** Something that fails for a while. */
export interface Fault {
  /** As it is in the table and on the command line. */
  readonly name: string;
  readonly part: Part;
  /** Resolves when it is over. Throws if what must hold meanwhile does not. */
  run(world: World): Promise<void>;
}
