import fc from "fast-check";
import { it } from "vitest";
import { fleetRun, playFleet } from "./fleet-model.ts";

it("clients of a group get all that they accept, and no route without its cluster, whatever others reject", () => {
  fc.assert(fc.property(fleetRun, playFleet));
});
