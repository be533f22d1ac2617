import type { ApiTable, Resource } from "../resource/mod.ts";
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
    for (const resource of snapshot.resources(typeUrl).values()) {
      for (const reference of references) {
        for (const name of readNames(resource, reference.namesIn, problems)) {
          if (snapshot.get(reference.typeUrl, name) !== undefined) continue;
          problems.push({
            kind: "missing",
            typeUrl,
            name: resource.name,
            message: `${shortName(typeUrl)} "${resource.name}" refers to ${shortName(reference.typeUrl)} "${name}", ` +
              "which is not in the snapshot",
          });
        }
      }
    }
  }
  return problems;
}

function readNames(
  resource: Resource,
  namesIn: (resource: Resource) => readonly string[],
  problems: Problem[],
): readonly string[] {
  try {
    return namesIn(resource);
  } catch (error) {
    const { typeUrl, name } = resource;
    problems.push({
      kind: "unreadable",
      typeUrl,
      name,
      message: `${shortName(typeUrl)} "${name}" cannot be read: ${error instanceof Error ? error.message : error}`,
    });
    return [];
  }
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}
