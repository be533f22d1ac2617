import type { Resource } from "../resource/mod.ts";
import { Collector, type Removal } from "./collector.ts";
import { expanded } from "./expand.ts";
import { parseJson } from "./json.ts";
import { nodeOfValue } from "./node-of-value.ts";
import type { Node } from "./node.ts";
import type { ReadOptions, ReadTextOptions } from "./options.ts";
import type { PlacedResource } from "./placed-resource.ts";
import { DocumentError, type DocumentProblem } from "./problem.ts";
import { MAX_LENGTHS } from "./read-limits.ts";
import { collect } from "./shapes.ts";
import { Text } from "./text.ts";
import { Types } from "./types.ts";
import { parseYaml } from "./yaml.ts";

/** What a document has. */
export interface DocumentContent {
  /** The resources in which nothing is wrong, in the order of the document. */
  readonly resources: readonly PlacedResource[];
  /** What it takes away from the documents beneath it. */
  readonly removals: readonly Removal[];
  /** All that is wrong. None of the resources should be served while there is something. */
  readonly problems: readonly DocumentProblem[];
}

/**
 * Reads the text of a file, in any shape that Envoy's configurations have: a resource with `@type`, a list of these,
 * `resources: […]`, a bootstrap, or a config dump; YAML may have several documents. It does not throw for what is wrong
 * in the text.
 *
 * @param text - JSON or YAML
 * @param options - the name of the file, its format, types of the user's own
 */
export function readDocument(text: string, options: ReadTextOptions = {}): DocumentContent {
  const { file, format = file?.endsWith(".json") ? "json" : "yaml" } = options;
  const collector = new Collector(new Text(text, file), file, new Types(options.types));
  const maxLength = MAX_LENGTHS[format];
  if (text.length > maxLength) {
    const hint = format === "yaml" ? { hint: "several files, or one of JSON, may have more" } : {};
    collector.findings.add(0, { message: `The document has more than ${maxLength} characters`, ...hint });
  } else if (format === "json") {
    const node = parseJson(text, collector.findings);
    collectAll(collector, node === undefined ? [] : [node], options);
  } else {
    collectAll(collector, parseYaml(text, collector.findings), options);
  }
  return contentOf(collector);
}

/**
 * Makes resources of a value of JSON, of any shape that {@link readDocument} knows. Fields have either spelling, and the
 * types of all `Any`s are those of Envoy's API and of the options.
 *
 * @param value - what `JSON.parse` gives, or a text of JSON, with which problems have lines and columns
 * @param options - the name of the file, types of the user's own
 * @throws DocumentError with all that is wrong
 */
export function resourcesFromJson(value: unknown, options: ReadOptions = {}): Resource[] {
  if (typeof value === "string") return allOf(readDocument(value, { ...options, format: "json" }));
  const collector = new Collector(undefined, options.file, new Types(options.types));
  const node = nodeOfValue(value, collector.findings);
  if (collector.findings.count === 0) collectAll(collector, [node], options);
  return allOf(contentOf(collector));
}

/**
 * Makes resources of YAML, of any shape that {@link readDocument} knows, of all documents in it. Scalars are read as
 * Envoy reads them.
 *
 * @param text - the text; JSON is YAML too
 * @param options - the name of the file, types of the user's own
 * @throws DocumentError with all that is wrong
 */
export function resourcesFromYaml(text: string, options: ReadOptions = {}): Resource[] {
  return allOf(readDocument(text, { ...options, format: "yaml" }));
}

function collectAll(collector: Collector, documents: readonly Node[], { expand }: ReadOptions): void {
  for (const document of documents) {
    collect(collector, expand === undefined ? document : expanded(document, expand, collector.findings));
  }
}

function contentOf({ resources, removals, findings: { problems } }: Collector): DocumentContent {
  return { resources, removals, problems };
}

function allOf({ resources, problems }: DocumentContent): Resource[] {
  if (problems.length > 0) throw new DocumentError(problems);
  return resources.map(({ resource }) => resource);
}
