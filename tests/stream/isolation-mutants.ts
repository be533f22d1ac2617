import type { Mutant } from "./mutants.ts";

/** Faults in how clients are kept from what they reject, which the model of a fleet has to find. */
export const ISOLATION_MUTANTS: readonly Mutant[] = [
  {
    name: "sends again what the client rejects",
    file: "isolation/quarantine.ts",
    find: `content.by !== "others" && content.version === version`,
    replace: "false",
  },
  {
    name: "sends the parts of a rejected response together again",
    file: "isolation/client-screen.ts",
    find: "quarantine.has(resource) || trials?.isWaiting(resource)",
    replace: "quarantine.has(resource)",
  },
  {
    name: "sends nothing in place of what is rejected",
    file: "isolation/stand-ins.ts",
    find: "own ?? this.#group?.insteadOf({ name, version })",
    replace: "undefined",
  },
  {
    name: "sends a route to a cluster that the client rejects",
    file: "sequencing/missing-references.ts",
    find: "if (target.isolation?.lacks(referred))",
    replace: "if (false)",
  },
  {
    name: "sends a route that others have accepted to a cluster that the client rejects",
    file: "isolation/client-screen.ts",
    find: "this.#input.findMissing?.(instead) === undefined ? instead : undefined",
    replace: "instead",
  },
  {
    name: "has no route sent once its cluster is accepted",
    file: "isolation/stream-isolation.ts",
    find: "if (!this.#hasWaiting) return;",
    replace: "return;",
  },
  {
    name: "removes the cluster that a rejected route replaces",
    file: "type-stream.ts",
    find: "(this.isolation?.isHolding ?? false);",
    replace: "false;",
  },
  {
    name: "sends nothing again that may be sent again",
    file: "isolation/isolation.ts",
    find: "for (const name of this.#quarantine.releaseAll(names, why, by)) this.#type.client.request(name);",
    replace: "this.#quarantine.releaseAll(names, why, by);",
  },
  {
    name: "leaves out what a client that returns in SotW may have",
    file: "isolation/client-screen.ts",
    find: "if (standIns.isUnknown && standIns.insteadOf(resource) === undefined) return false;",
    replace: "",
  },
  {
    name: "searches without knowing what a client that returns in SotW has",
    file: "isolation/apply-rejection.ts",
    find: "if (isUnknown && isNothingKnown) {",
    replace: "if (false) {",
  },
  {
    name: "forgets what the client has applied of a rejected response",
    file: "isolation/stand-ins.ts",
    find: "return this.#applied.note(resources, rejected);",
    replace: "return;",
  },
  {
    name: "takes endpoints for had that were rejected for a changed cluster",
    file: "isolation/held-names.ts",
    find: "if (this.#warming?.isLost(name)) return false;",
    replace: "",
  },
  {
    name: "takes a name for had as long as its view has it",
    file: "isolation/held-names.ts",
    find: "this.#position === undefined || this.#added?.has(name)) return false;\n    return since <= this.#position;",
    replace: "false) return false;\n    return true;",
  },
];
