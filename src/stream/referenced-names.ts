import { onRejection } from "../cache/mod.ts";
import { normalName, type Reference, type Resource, type ResourceType } from "../resource/mod.ts";

/** How resources of a type refer to those of another. */
export type NamesIn = Reference["namesIn"];

/** The reference whose targets a client needs before it uses a resource of the type. */
export function warmedBy(type: ResourceType | undefined): Reference | undefined {
  return type?.references?.find(({ warms }) => warms);
}

/** The reference whose targets a client discards when it receives a resource of the type. */
export function resentBy(type: ResourceType | undefined): Reference | undefined {
  return type?.references?.find(({ resends }) => resends);
}

/** The names that resources refer to, in their normal form: once for all streams that are sent the same list. */
export function namesOf(resources: readonly Resource[], namesIn: NamesIn): readonly string[] {
  let known = namesByList.get(namesIn);
  if (known === undefined) namesByList.set(namesIn, known = new WeakMap());
  let names = known.get(resources);
  if (names === undefined) {
    known.set(
      resources,
      names = [...new Set(resources.flatMap((each) => readable(each, namesIn)))],
    );
  }
  return names;
}

/** The names that a resource refers to; none if it cannot be read, since it is sent as it is for the client to reject. */
export function readable(resource: Resource, namesIn: NamesIn): readonly string[] {
  let names: readonly string[] | undefined;
  try {
    names = namesIn(resource);
    return names.map(normalName);
  } catch {
    onRejection(names, () => {}); // it is the promise of an async function
    return [];
  }
}

const namesByList = new WeakMap<NamesIn, WeakMap<readonly Resource[], readonly string[]>>();
