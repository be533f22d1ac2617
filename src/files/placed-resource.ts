import type { Resource } from "../resource/mod.ts";
import { isExpanded, type Node } from "./node.ts";
import type { Place } from "./problem.ts";
import type { Text } from "./text.ts";

/** A resource, and where it is written. */
export class PlacedResource {
  /** The resource. */
  readonly resource: Resource;
  /** Where it is in the document, as in `static_resources.clusters[3]`; empty for the whole document. */
  readonly path: string;
  /** Why its document may refer to what it does not have: a bootstrap's control plane, or endpoints that a dump leaves out. */
  readonly rest: "control plane" | "include_eds" | undefined;
  readonly #node: Node;
  readonly #text: Text | undefined;
  readonly #file: string | undefined;

  /** Not for direct use: see `readDocument`. */
  constructor(resource: Resource, { path, node, text, file, rest }: Source) {
    this.resource = resource;
    this.path = path;
    this.rest = rest;
    this.#node = node;
    this.#text = text;
    this.#file = file;
  }

  /** Where it begins. */
  get place(): Place {
    return this.#placeOf(this.#node.at);
  }

  /**
   * Where a field of it is, such as the one that a problem of `ts-control-plane/validate` is about.
   *
   * @param fieldPath - the path within the resource, as in `virtual_hosts[2].typed_per_filter_config["lua"]`
   * @returns the place of what is nearest to the field, where it is not written itself, and the path in the document
   */
  placeOf(fieldPath: string): Place & { readonly path: string } {
    const { at, path } = this.#find(fieldPath);
    return { ...this.#placeOf(at), path };
  }

  /** Whether the value of a field was inserted from elsewhere, and may be secret. */
  isExpanded(fieldPath: string): boolean {
    return isExpanded(this.#find(fieldPath).node);
  }

  #find(fieldPath: string): { readonly node: Node; readonly at: number; readonly path: string } {
    let [node, at] = [this.#node, this.#node.at];
    let path = this.path;
    for (const step of stepsOf(fieldPath)) {
      const found = childOf(node, step);
      if (found === undefined) break;
      ({ node, at } = found);
      path += found.step;
    }
    return { node, at, path: path.replace(/^\./, "") };
  }

  #placeOf(at: number): Place {
    return this.#text?.placeOf(at) ?? (this.#file === undefined ? {} : { file: this.#file });
  }
}

/** Where a resource is written. */
export interface Source {
  readonly rest: PlacedResource["rest"];
  readonly path: string;
  readonly node: Node;
  readonly text: Text | undefined;
  readonly file: string | undefined;
}

type Step = { readonly field: string } | { readonly key: string } | { readonly index: number };

/** The steps of a path; one into an `Any` is none, since its fields are beside `@type`. */
function stepsOf(path: string): Step[] {
  return [...path.matchAll(STEP)].flatMap(({ groups }): Step[] => {
    const { field, index, key } = groups!;
    if (field !== undefined) return [{ field }];
    if (index !== undefined) return [{ index: Number(index) }];
    return key === undefined ? [] : [{ key: JSON.parse(key) as string }];
  });
}

const STEP = /\.?(?<field>\w+)|\[(?<index>\d+)\]|\[(?<key>"(?:[^"\\]|\\.)*")\]|\[[^\]]*\]/g;

interface Child {
  readonly node: Node;
  readonly at: number;
  readonly step: string;
}

function childOf(node: Node, step: Step): Child | undefined {
  if ("index" in step) {
    const item = node.kind === "list" ? node.items[step.index] : undefined;
    return item && { node: item, at: item.at, step: `[${step.index}]` };
  }
  if (node.kind !== "map") return undefined;
  const names = "field" in step ? [step.field, lowerCamel(step.field)] : [step.key];
  const entry = node.entries.find(({ key }) => names.includes(key));
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  return {
    node: value,
    at: value.kind === "scalar" ? value.at : entry.at,
    step: "field" in step ? `.${key}` : `[${JSON.stringify(key)}]`,
  };
}

function lowerCamel(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
