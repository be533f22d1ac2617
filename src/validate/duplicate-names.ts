import type { Snapshot } from "../cache/snapshot.ts";
import type { Resource } from "../resource/mod.ts";
import type { Problem } from "./problem.ts";

/** The problem of a resource that another one of the same name replaces: it is lost, which matters if they differ. */
export function duplicateName(replaced: Resource, by: Resource | undefined): Problem {
  const { typeUrl, name } = replaced;
  return {
    severity: by !== undefined && isSame(replaced, by) ? "warning" : "error",
    typeUrl,
    resource: name,
    path: "",
    rule: "duplicate.name",
    message: "Must be the name of one resource of its type",
    value: name,
  };
}

/** The names that a snapshot was given more than once. */
export function duplicatesIn(snapshot: Snapshot): Problem[] {
  return snapshot.duplicates.map((each) => duplicateName(each, snapshot.get(each.typeUrl, each.name)));
}

function isSame(one: Resource, other: Resource): boolean {
  try {
    return one === other || one.version === other.version;
  } catch {
    // One that cannot be encoded is reported as such.
    return false;
  }
}
