import type { Scenario } from "../scenario.ts";
import { burst } from "./burst.ts";
import { flapping } from "./flapping.ts";
import { large } from "./large.ts";
import { restart } from "./restart.ts";
import { slowReaders } from "./slow-readers.ts";
import { soak } from "./soak.ts";
import { stalledVersions } from "./stalled-versions.ts";
import { storms } from "./storm.ts";

/** All scenarios, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...storms,
  slowReaders,
  stalledVersions,
  flapping,
  burst,
  ...large,
  restart,
  soak,
];
