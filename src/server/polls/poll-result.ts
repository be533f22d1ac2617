import { CollectionIndex, type View } from "../../cache/mod.ts";
import { contentHash, isGlob, type Resource } from "../../resource/mod.ts";

/** What one poll requests. */
export interface PollQuery {
  /** In their normal form; undefined for everything. */
  readonly names: ReadonlySet<string> | undefined;
  /** The version that the client has. */
  readonly versionInfo: string;
  /** Whether clients delete the resources that a response leaves out. */
  readonly fullState: boolean;
}

/** A response that its client does not have yet. */
export interface PollResult {
  readonly version: string;
  readonly resources: readonly Resource[];
  /** The view, if the result is all of it at its present revision: such a result is the same for every client. */
  readonly whole: View | undefined;
}

/**
 * Reads a view for a client of which only the version that it has is known. So a version stands for all inputs of the
 * response: without names it is the version of the view; with names it ends with a hash of the names and of the versions
 * of their resources, and changes only with these.
 *
 * @returns undefined if the client is up to date
 */
export function readView(view: View, { names, versionInfo, fullState }: PollQuery): PollResult | undefined {
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
  // As on a stream, only full-state types report that no resource exists. Some clients take an empty response for an error.
  if (resources.length === 0 && !fullState) return undefined;
  const tag = `~${contentHash(encoder.encode(JSON.stringify(content)))}`;
  if (versionInfo.endsWith(tag)) return undefined;
  return { version: view.version + tag, resources, whole: undefined };
}

/** The resources that a name requests: the one of that name, or the members of the collection, sorted by name. */
export function membersOf(name: string, view: View): readonly Resource[] {
  const names = isGlob(name) ? [...CollectionIndex.of(view).members(name)].sort() : [name];
  return names.map((each) => view.get(each)).filter((resource) => resource !== undefined);
}

const encoder = new TextEncoder();
