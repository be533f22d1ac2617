/** The resources of a response that a client names in its reason. */
export interface Culprits {
  /** Named as rejected, in a format of a known client. */
  readonly certain: readonly string[];
  /** Just mentioned: by another client, or as a part of the reason. */
  readonly likely: readonly string[];
}

/**
 * Finds the resources that a client rejects.
 *
 * @param reason - the client's reason, not shortened to what is safe
 * @param sent - the names of the response, in its order, as the client spells them
 * @param names - those that may be rejected
 */
export function culpritsIn(reason: string, sent: readonly string[], names: ReadonlySet<string>): Culprits {
  const certain = new Set<string>();
  for (const find of FORMATS) for (const name of find(reason, sent)) if (names.has(name)) certain.add(name);
  if (certain.size > 0) return { certain: [...certain], likely: [] };
  const likely = new Set<string>();
  for (const name of mentionedIn(reason)) if (names.has(name)) likely.add(name);
  return { certain: [], likely: [...likely] };
}

type Format = (reason: string, sent: readonly string[]) => Iterable<string>;

/** The name is the first field of every type of resource. Some versions of Envoy have the rule before the resource. */
const DUMP =
  /^(?:goo\.gle\/debug\S*|Proto constraint validation failed \(.*\):)\s+(?:cluster_)?name:\s*"((?:[^"\\]|\\.)*)"/;
/** What is dumped: a resource, or a message inside of it, whose name is another one. */
const DUMPED = /Proto constraint validation failed \((\w+)ValidationError\./;
const RESOURCES = new Set([
  "Cluster",
  "ClusterLoadAssignment",
  "Listener",
  "RouteConfiguration",
  "Runtime",
  "ScopedRouteConfiguration",
  "Secret",
  "TypedExtensionConfig",
  "VirtualHost",
]);

const FORMATS: readonly Format[] = [
  envoyList,
  envoyDump,
  // Envoy: a domain twice in a route configuration.
  (reason) => groups(reason, /in route ([^\s,;]+)/g),
  // grpc-go: `error parsing "<type>" response: … resource "<name>": <why>`.
  (reason) => groups(reason, /resource "([^"]*)":/g),
  // grpc-java: `CDS response Cluster '<name>' validation error: <why>`.
  (reason) => groups(reason, /response \w+ '([^']*)' validation error/g),
  indexed,
];

/**
 * gRPC's C core: `xDS response validation errors: [resource index 0: <name>: <why>; …]`; grpc-js has no name in it. The
 * first resource of the response has the index 0.
 */
function* indexed(reason: string, sent: readonly string[]): Iterable<string> {
  if (!reason.startsWith("xDS response validation errors")) return;
  for (const { 1: index } of reason.matchAll(/(?:\[|; )resource index (\d+):/g)) {
    const name = sent[Number(index)];
    if (name !== undefined) yield name;
  }
}

/** Envoy: `Error adding/updating cluster(s) a: <why>, b: <why>`. */
function* envoyList(reason: string): Iterable<string> {
  const list = /Error adding\/updating [\w ]+\(s\) ([\s\S]*)/.exec(reason)?.[1];
  if (list === undefined) return;
  for (const { 1: name } of list.matchAll(/(?:^|,\s|\n)([^,\n]+?): /g)) yield name!;
}

/** Envoy: the text of a resource that breaks a rule of the API. */
function* envoyDump(reason: string): Iterable<string> {
  const dumped = DUMPED.exec(reason)?.[1];
  if (dumped !== undefined && !RESOURCES.has(dumped)) return;
  const name = DUMP.exec(reason)?.[1];
  if (name !== undefined) yield unescaped(name);
}

function* groups(reason: string, pattern: RegExp): Iterable<string> {
  for (const { 1: name } of reason.matchAll(pattern)) yield name!;
}

/** Everything in the reason that may be a name: what is quoted, and what stands by itself. */
function* mentionedIn(reason: string): Iterable<string> {
  for (const { 1: double, 2: single } of reason.matchAll(/"([^"]*)"|'([^']*)'/g)) yield (double ?? single)!;
  for (const word of reason.split(/[\s,;()[\]{}"'`]+/)) {
    yield word;
    yield withoutEnd(word);
  }
}

/** Without the punctuation at its end: by hand, since a regular expression begins anew at each colon of a long row. */
function withoutEnd(word: string): string {
  let end = word.length;
  while (end > 0 && ":.=".includes(word[end - 1]!)) end--;
  return word.slice(0, end);
}

/** protobuf's text escapes quotes, backslashes and, by octal numbers, bytes that are not ASCII. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part] of text.matchAll(/\\[0-7]{1,3}|\\.|[^\\]+/g)) {
    if (!part.startsWith("\\")) bytes.push(...encoder.encode(part));
    else if (/\d/.test(part[1]!)) bytes.push(parseInt(part.slice(1), 8));
    else bytes.push((ESCAPED[part[1]!] ?? part[1]!).charCodeAt(0));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
