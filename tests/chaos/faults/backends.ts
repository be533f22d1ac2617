import type { Behaviour } from "../command.ts";
import type { Fault } from "../fault.ts";

/** Faults of the source of endpoints. */
export const BACKEND_FAULTS: readonly Fault[] = [
  fault("backend throws", "throws"),
  fault("backend hangs", "hangs"),
  fault("backend returns an old state", "old"),
];

function fault(name: string, as: Behaviour): Fault {
  return {
    name,
    part: "backend",
    async run(world) {
      const behave = (as: Behaviour) => Promise.all(world.replicas.map((each) => each.send({ do: "backend", as })));
      await behave(as);
      await world.hold(500, 2_500);
      await behave("well");
    },
  };
}
