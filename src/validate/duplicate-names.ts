import type { Snapshot } from "../cache/snapshot.ts";
import type { ResourceKey } from "../resource/mod.ts";
import type { Problem } from "./problem.ts";

/** The problem of a name that several resources have: only one of them is served. */
export function duplicateName({ typeUrl, name }: ResourceKey): Problem {
  const message = "Must be the name of one resource of its type";
  return { severity: "error", typeUrl, resource: name, path: "", rule: "duplicate.name", message, value: name };
}

/** The names that a snapshot was given more than once. */
export function duplicatesIn(snapshot: Snapshot): Problem[] {
  return snapshot.check({ types: [] }).map(duplicateName);
}
