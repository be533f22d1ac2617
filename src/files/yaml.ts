import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
} from "yaml";
import type { Findings } from "./findings.ts";
import type { Entry, MapNode, Node, ScalarNode } from "./node.ts";
import { MAX_ALIASED, MAX_DEPTH } from "./read-limits.ts";
import { plainScalar } from "./yaml-scalar.ts";

/**
 * Reads a text of YAML as Envoy reads it, with all of its documents. What Envoy reads in a way that surprises is a
 * problem: merge keys, which it does not know, and keys that are there twice, of which it takes the last.
 *
 * @returns the documents that are not empty; none if the text is not YAML, and the findings say why
 */
export function parseYaml(text: string, findings: Findings): Node[] {
  const documents = composed(text, findings);
  // The first one: those after it are often about how the reader went astray.
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error !== undefined) {
    findings.add(error.pos[0], { message: syntaxText(error) });
    return [];
  }
  try {
    return documents.flatMap((document) => nodesOf(document, findings));
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    findings.add(error.at, { message: error.message });
    return [];
  }
}

function nodesOf(document: Document.Parsed, findings: Findings): Node[] {
  if (document.contents === null) return [];
  const node = new YamlReader(findings).node(document.contents);
  return node.kind === "scalar" && node.value === null ? [] : [node];
}

/** The document stands for more than is read; nothing else of it is of interest. */
class TooMuch extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

function composed(text: string, findings: Findings): readonly Document.Parsed[] {
  try {
    // Only the shape is of interest here: what a scalar means is decided by Envoy's rules.
    const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;
    const documents = parseAllDocuments(text, options);
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    findings.add(0, { message: TOO_DEEP });
    return [];
  }
}

/** What is wrong, without the parts of the text that the library quotes. */
function syntaxText({ code, message }: YAMLError): string {
  if (message.startsWith("Maximum call stack")) return TOO_DEEP;
  if (code === "BAD_DQ_ESCAPE") return "Not YAML: A double-quoted string has an escape that YAML does not have";
  return `Not YAML: ${message.split(/[:\n]/)[0]!.trim().replace(/\.$/, "")}`;
}

const TOO_DEEP = `It is nested more than ${MAX_DEPTH} levels deep`;

type YamlNode = Parameters<typeof isScalar>[0];

class YamlReader {
  readonly #findings: Findings;
  /** What each anchor stands for, and of how many values it is made; undefined while it is being read. */
  readonly #anchors = new Map<string, { readonly node: Node; readonly size: number } | undefined>();
  /** The values that were read so far, those of aliases included. */
  #size = 0;
  #aliased = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  node(source: YamlNode): Node {
    if (isAlias(source)) return this.#alias(source);
    const anchor = (source as { anchor?: string } | null)?.anchor;
    if (anchor === undefined) return this.#own(source);
    this.#anchors.set(anchor, undefined);
    const before = this.#size;
    const node = this.#own(source);
    this.#anchors.set(anchor, { node, size: this.#size - before });
    return node;
  }

  #own(source: YamlNode): Node {
    this.#size++;
    const at = offsetOf(source);
    if (this.#findings.trail.depth >= MAX_DEPTH) throw new TooMuch(at, TOO_DEEP);
    this.#checkTag(source, at);
    if (isScalar(source)) return scalarNode(source, at);
    if (isSeq(source)) {
      const items = source.items.map((item, i) => this.#within(i, () => this.node(item as YamlNode)));
      return { kind: "list", at, items };
    }
    if (isMap(source)) return this.#map(source.items as Pair[], at);
    return { kind: "scalar", at, value: null };
  }

  #map(pairs: readonly Pair[], at: number): MapNode {
    const entries: Entry[] = [];
    const keys = new Set<string>();
    for (const { key, value } of pairs) {
      if ((key as { tag?: string } | null)?.tag === IGNORE) {
        // What is below is not read, but its anchors are.
        this.node(value);
        continue;
      }
      const name = this.#key(key);
      const keyAt = offsetOf(key as YamlNode);
      this.#within(name, () => {
        if (name === "<<") {
          this.#findings.add(keyAt, { message: "Envoy does not know merge keys", hint: "write the fields themselves" });
        } else if (keys.has(name)) {
          this.#findings.add(keyAt, { message: "The key is there twice, and Envoy takes the last" });
        } else entries.push({ key: name, at: keyAt, value: this.node(value) });
      });
      keys.add(name);
    }
    return { kind: "map", at, entries };
  }

  #key(source: unknown): string {
    const key = isAlias(source) ? this.#alias(source) : source;
    if (isScalar(key)) return key.type === "PLAIN" ? key.source ?? "" : String(key.value ?? "");
    if (typeof key === "object" && key !== null && (key as Node).kind === "scalar") {
      const { written, value } = key as ScalarNode;
      return written ?? String(value);
    }
    this.#findings.add(offsetOf(source as YamlNode), { message: "A key must be a string" });
    return "";
  }

  #alias(alias: Alias): Node {
    const at = offsetOf(alias);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) return this.#wrong(at, "An alias must stand for what was written before it");
    this.#size += target.size;
    this.#aliased += target.size;
    if (this.#aliased > MAX_ALIASED) throw new TooMuch(at, `Aliases stand for more than ${MAX_ALIASED} values`);
    return target.node;
  }

  #within<T>(step: string | number, read: () => T): T {
    this.#findings.trail.enter(step);
    const result = read();
    this.#findings.trail.leave();
    return result;
  }

  #checkTag(source: YamlNode, at: number): void {
    const tag = (source as { tag?: string } | null)?.tag;
    if (tag !== undefined && !tag.startsWith("tag:yaml.org,2002:") && tag !== "!") {
      this.#findings.add(at, {
        message: `Envoy does not know tags such as ${/^![\w-]{1,40}$/.test(tag) ? tag : "this"}`,
      });
    }
  }

  #wrong(at: number, message: string): Node {
    this.#findings.add(at, { message });
    return { kind: "scalar", at, value: null };
  }
}

/** With it Envoy leaves a key out, which may hold anchors. */
const IGNORE = "!ignore";

function scalarNode(source: Scalar, at: number): ScalarNode {
  const text = String(source.value ?? "");
  if (source.type !== "PLAIN" && source.type !== undefined) return { kind: "scalar", at, value: text };
  const value = plainScalar(text);
  if (typeof value === "string") return { kind: "scalar", at, value, isPlain: true };
  return String(value) === text ? { kind: "scalar", at, value } : { kind: "scalar", at, value, written: text };
}

function offsetOf(node: YamlNode): number {
  return (node as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
}
