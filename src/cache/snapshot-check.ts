import type { ApiTable, Reference, Resource } from "../resource/mod.ts";
import type { ResourceKey, Snapshot } from "./snapshot.ts";

/** Something in a snapshot that a client would reject, or wait for in vain. */
export interface Problem {
  readonly kind: "missing" | "duplicate" | "unreadable";
  /** The resource that has the problem. */
  readonly typeUrl: string;
  readonly name: string;
  /** What is wrong, for people. */
  readonly message: string;
}

/** The work behind `Snapshot.check`. */
export function checkSnapshot(snapshot: Snapshot, duplicates: readonly ResourceKey[], api: ApiTable): Problem[] {
  const problems: Problem[] = duplicates.map(({ typeUrl, name }) => ({
    kind: "duplicate",
    typeUrl,
    name,
    message: `"${name}" is given more than once as ${shortName(typeUrl)}`,
  }));
  for (const { typeUrl, references = [] } of api.types) {
    const checked = references.filter(({ resends }) => !resends);
    for (const resource of snapshot.resources(typeUrl).values()) {
      problems.push(...problemsOf(resource, checked, snapshot));
    }
  }
  return problems;
}

function problemsOf(resource: Resource, references: readonly Reference[], snapshot: Snapshot): Problem[] {
  const { typeUrl, name } = resource;
  // A name that two references share is reported once.
  const missing = new Set<string>();
  let unreadable: string | undefined;
  try {
    for (const { typeUrl: target, namesIn } of references) {
      for (const each of namesIn(resource)) {
        if (snapshot.get(target, each) === undefined) missing.add(`${shortName(target)} "${each}"`);
      }
    }
  } catch (error) {
    unreadable = error instanceof Error ? error.message : String(error);
  }
  const subject = `${shortName(typeUrl)} "${name}"`;
  const problems: Problem[] = [...missing].map((target) => ({
    kind: "missing",
    typeUrl,
    name,
    message: `${subject} refers to ${target}, which is not in the snapshot`,
  }));
  if (unreadable !== undefined) {
    problems.push({ kind: "unreadable", typeUrl, name, message: `${subject} cannot be read: ${unreadable}` });
  }
  return problems;
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}
