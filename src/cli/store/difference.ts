import type { Snapshot } from "../../cache/mod.ts";
import type { ResourceKey } from "../../resource/mod.ts";

/** What clients would see of a publication: types and names, and no content. */
export interface Difference {
  readonly added: readonly ResourceKey[];
  readonly changed: readonly ResourceKey[];
  readonly removed: readonly ResourceKey[];
  /** The number of resources before. */
  readonly of: number;
}

/** Compares two snapshots; undefined is one without resources. */
export function differenceOf(before: Snapshot | undefined, after: Snapshot | undefined): Difference {
  const [added, changed, removed]: [ResourceKey[], ResourceKey[], ResourceKey[]] = [[], [], []];
  for (const { typeUrl, name, version } of resourcesOf(after)) {
    const old = before?.get(typeUrl, name);
    if (old === undefined) added.push({ typeUrl, name });
    else if (old.version !== version) changed.push({ typeUrl, name });
  }
  let of = 0;
  for (const { typeUrl, name } of resourcesOf(before)) {
    of++;
    if (after?.get(typeUrl, name) === undefined) removed.push({ typeUrl, name });
  }
  return { added, changed, removed, of };
}

/** A line for each resource, by type and name. */
export function* differenceLines({ added, changed, removed }: Difference): Iterable<string> {
  const all = [
    ...added.map((key) => ({ sign: "+", ...key })),
    ...changed.map((key) => ({ sign: "~", ...key })),
    ...removed.map((key) => ({ sign: "-", ...key })),
  ];
  const order = ({ typeUrl, name }: ResourceKey) => `${typeUrl}\n${name}`;
  all.sort((a, b) => order(a) < order(b) ? -1 : 1);
  for (const { sign, typeUrl, name } of all) yield `  ${sign} ${typeUrl.split("/").at(-1)} ${JSON.stringify(name)}`;
}

function* resourcesOf(snapshot: Snapshot | undefined) {
  for (const typeUrl of snapshot?.types ?? []) yield* snapshot!.resources(typeUrl).values();
}
