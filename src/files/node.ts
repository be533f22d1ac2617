/**
 * A value of a document, with the offset of its first character in the text. It is the same for JSON, YAML and for what
 * a program gives, so that one reader serves all.
 */
export type Node = MapNode | ListNode | ScalarNode;

/** A mapping of YAML, an object of JSON. */
export interface MapNode {
  readonly kind: "map";
  readonly at: number;
  readonly entries: readonly Entry[];
}

/** One key of a map, with its value. Keys are unique. */
export interface Entry {
  readonly key: string;
  /** Where the key is. */
  readonly at: number;
  readonly value: Node;
}

/** A sequence of YAML, an array of JSON. */
export interface ListNode {
  readonly kind: "list";
  readonly at: number;
  readonly items: readonly Node[];
}

/** Anything else. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly at: number;
  /** A `bigint` is an integer beyond those that a number holds exactly. */
  readonly value: string | number | bigint | boolean | null;
  /** What the document has, where that is not the value: `yes` for `true`, `010` for 8. */
  readonly written?: string;
  /** Whether it is a string of YAML without quotes, which may be read as another type once it is expanded. */
  readonly isPlain?: boolean;
  /** Whether it has what `expand` inserted, which may be secret: no problem quotes it. */
  readonly isExpanded?: boolean;
}

/** The value of a key, or of any of its spellings. */
export function valueAt(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  if (node?.kind !== "map") return undefined;
  return node.entries.find(({ key }) => keys.includes(key))?.value;
}

/** The items of a list; none for anything else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/** The value, if it is a string. */
export function stringOf(node: Node | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/** Whether a part of the value was inserted by `expand`. */
export function isExpanded(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.isExpanded === true;
}

/** Whether the node is an explicit null, or an empty value of YAML. */
export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** What the node is, in words for an error: never its value. */
export function kindOf(node: Node): string {
  if (node.kind === "map") return "an object";
  if (node.kind === "list") return "a list";
  switch (typeof node.value) {
    case "string":
      return "a string";
    case "boolean":
      return "a boolean";
    case "object":
      return "null";
    default:
      return "a number";
  }
}
