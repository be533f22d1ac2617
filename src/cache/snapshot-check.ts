import type { Reference, Resource, ResourceKey, ResourceType } from "../resource/mod.ts";

/** A resource of a snapshot that a client would reject, or could not use. */
export interface Problem {
  /** A reference to a resource that is not there, a name given more than once, or bytes that cannot be read. */
  readonly kind: "missing" | "duplicate" | "unreadable";
  /** The type URL of the resource that has the problem. */
  readonly typeUrl: string;
  /** The name of that resource. */
  readonly name: string;
  /** A sentence for people, with the names of both resources. */
  readonly message: string;
}

/** The part of a snapshot that is checked. */
export interface ResourceLookup {
  resources(typeUrl: string): ReadonlyMap<string, Resource>;
  get(typeUrl: string, name: string): Resource | undefined;
}

/** The work behind `Snapshot.check`. */
export function checkSnapshot(
  snapshot: ResourceLookup,
  duplicates: readonly ResourceKey[],
  types: readonly ResourceType[],
): Problem[] {
  const problems: Problem[] = duplicates.map(({ typeUrl, name }) => ({
    kind: "duplicate",
    typeUrl,
    name,
    message: `"${name}" is given more than once as ${shortName(typeUrl)}`,
  }));
  for (const { typeUrl, references = [], uses = [] } of types) {
    const checked = [...references, ...uses].filter(({ resends }) => !resends);
    for (const resource of snapshot.resources(typeUrl).values()) {
      problems.push(...problemsOf(resource, checked, snapshot));
    }
  }
  return problems;
}

function problemsOf(resource: Resource, references: readonly Reference[], snapshot: ResourceLookup): Problem[] {
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
