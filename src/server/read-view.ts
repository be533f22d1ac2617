import type { View } from "../cache/mod.ts";
import { contentHash, type Resource } from "../resource/mod.ts";

/** What a client asks for, once. */
export interface Wanted {
  /** Undefined for all that there is. */
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
  const resources: Resource[] = [];
  const content: string[] = [];
  for (const name of [...names].sort()) {
    const resource = view.get(name);
    if (resource !== undefined) resources.push(resource);
    content.push(name, resource?.version ?? "");
  }
  // As on a stream: of the other types nothing is said of what does not exist. Some clients take it for an error.
  if (resources.length === 0 && !fullState) return undefined;
  const tag = `~${contentHash(encoder.encode(JSON.stringify(content)))}`;
  if (versionInfo.endsWith(tag)) return undefined;
  return { version: view.version + tag, resources, whole: undefined };
}

const encoder = new TextEncoder();
