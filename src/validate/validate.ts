import type { Resource } from "../resource/mod.ts";
import { Snapshot } from "../cache/snapshot.ts";
import { duplicateName, duplicatesIn } from "./duplicate-names.ts";
import { listOf } from "./list-of.ts";
import type { ValidateOptions } from "./options.ts";
import type { Problem } from "./problem.ts";
import type { Targets } from "./references/missing.ts";
import { Validator } from "./validator.ts";

/**
 * Finds what clients would reject in resources, or could not use, before anything is sent.
 *
 * Each resource is read once in its life, so that to validate a changed snapshot costs what changed, and a look-up for
 * each reference.
 *
 * @param resources - all resources of a group of clients, since references lead from one to another
 * @param options - severities, and what clients have from elsewhere
 * @returns the problems, in the order of the resources; none if all is well
 */
export function validate(resources: Iterable<Resource> | Snapshot, options?: ValidateOptions): Problem[] {
  return validateBy(options === undefined ? usual ??= new Validator() : new Validator(options), resources);
}

/** The same by a validator that is used again, so that what it knows of resources stays. */
export function validateBy(validator: Validator, resources: Iterable<Resource> | Snapshot): Problem[] {
  const { all, after, types, duplicates } = resources instanceof Snapshot ? ofSnapshot(resources) : group(resources);
  const problems = duplicates.flatMap((each) => validator.withSeverity(each) ?? []);
  return [...problems, ...validator.problemsOf({ update: all, remove: [], after, types, isComplete: true })];
}

/** The one without options, so that what it knows of resources stays. */
let usual: Validator | undefined;

interface Given {
  readonly all: Iterable<Resource>;
  readonly after: Targets;
  readonly types: string[];
  readonly duplicates: readonly Problem[];
}

function ofSnapshot(snapshot: Snapshot): Given {
  const { types } = snapshot;
  return { all: listOf(snapshot), after: snapshot, types, duplicates: duplicatesIn(snapshot) };
}

function group(resources: Iterable<Resource>): Given {
  const all = [...resources];
  const byType = new Map<string, Map<string, Resource>>();
  for (const resource of all) setOf(byType, resource.typeUrl).set(resource.name, resource);
  const after: Targets = {
    get: (typeUrl, name) => byType.get(typeUrl)?.get(name),
    resources: (typeUrl) => byType.get(typeUrl) ?? NONE,
  };
  const given = { after, types: [...byType.keys()] };
  const names = [...byType.values()].reduce((sum, { size }) => sum + size, 0);
  if (names === all.length) return { ...given, all, duplicates: [] };
  return { ...given, all: new Set(all), duplicates: replacedIn(all) };
}

/** The resources that another one of the same name replaces. */
function replacedIn(resources: readonly Resource[]): Problem[] {
  const byType = new Map<string, Map<string, Resource>>();
  const duplicates: Problem[] = [];
  for (const resource of resources) {
    const set = setOf(byType, resource.typeUrl);
    const replaced = set.get(resource.name);
    if (replaced !== undefined) duplicates.push(duplicateName(replaced, resource));
    set.set(resource.name, resource);
  }
  return duplicates;
}

function setOf(byType: Map<string, Map<string, Resource>>, typeUrl: string): Map<string, Resource> {
  let set = byType.get(typeUrl);
  if (set === undefined) byType.set(typeUrl, set = new Map());
  return set;
}

const NONE: ReadonlyMap<string, Resource> = new Map();
