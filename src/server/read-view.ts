import { CollectionIndex, type View } from "../cache/mod.ts";
import { contentHash, isGlob, type Resource } from "../resource/mod.ts";

/** What a client asks for, once. */
export interface Wanted {
  /** In their normal form; undefined for all that there is. */
  readonly names: ReadonlySet<string> | undefined;
  /** The version that the client has. */
  readonly versionInfo: string;
  /** Whether absence is told: what an answer leaves out is deleted. */
  readonly fullState: boolean;
}

/** Something that a client does not have yet. */
export interface Fetched {
  readonly version: string;
  readonly resources: readonly Resource[];
  /** If it is all of a view at its present revision: the view. Everybody is answered the same then. */
  readonly whole: View | undefined;
}

/**
 * Reads what is new to a client, of which nothing is known but the version that it has. So a version says all that the
 * answer depended on: for everything that there is it is the version of the set; for names it ends with a hash of them
 * and of their content, and is the same as long as these are.
 *
 * @returns undefined if there is nothing new
 */
export function readView(view: View, { names, versionInfo, fullState }: Wanted): Fetched | undefined {
  if (names === undefined) {
    if (versionInfo !== "" && versionInfo === view.version) return undefined;
    return { version: view.version, resources: [...view], whole: view };
  }
  const found = new Map<string, Resource>();
  const content: string[] = [];
  for (const name of [...names].sort()) {
    const members = membersOf(name, view);
    for (const member of members) found.set(member.name, member);
    content.push(name, ...members.flatMap(({ name, version }) => [name, version]));
  }
  const resources = [...found.values()];
  // As on a stream: of the other types nothing is said of what does not exist. Some clients take it for an error.
  if (resources.length === 0 && !fullState) return undefined;
  const tag = `~${contentHash(encoder.encode(JSON.stringify(content)))}`;
  if (versionInfo.endsWith(tag)) return undefined;
  return { version: view.version + tag, resources, whole: undefined };
}

/** What a name asks for: the resource that is called so, or what is in the collection that it names. */
export function membersOf(name: string, view: View): readonly Resource[] {
  const names = isGlob(name) ? [...CollectionIndex.of(view).members(name)].sort() : [name];
  return names.map((each) => view.get(each)).filter((resource) => resource !== undefined);
}

const encoder = new TextEncoder();
