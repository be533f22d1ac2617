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
 * @param names - the names of the response, as the client spells them
 */
export function culpritsIn(reason: string, names: ReadonlySet<string>): Culprits {
  const certain = new Set<string>();
  for (const find of FORMATS) for (const name of find(reason)) if (names.has(name)) certain.add(name);
  if (certain.size > 0) return { certain: [...certain], likely: [] };
  const likely = new Set<string>();
  for (const name of mentionedIn(reason)) if (names.has(name)) likely.add(name);
  return { certain: [], likely: [...likely] };
}

type Format = (reason: string) => Iterable<string>;

/** The name is the first field of every type of resource. */
const NAME_FIELD = /(?:^|[\s{])(?:cluster_)?name:\s*"((?:[^"\\]|\\.)*)"/;
const DUMPED = /goo\.gle\/debug|Proto constraint validation failed/;

const FORMATS: readonly Format[] = [
  envoyList,
  envoyDump,
  // Envoy: a domain twice in a route configuration.
  (reason) => groups(reason, /in route ([^\s,;]+)/g),
  // grpc-go: `error parsing "<type>" response: … resource "<name>": <why>`.
  (reason) => groups(reason, /resource "([^"]*)":/g),
  // grpc-java: `CDS response Cluster '<name>' validation error: <why>`.
  (reason) => groups(reason, /response \w+ '([^']*)' validation error/g),
  // gRPC's C core: `xDS response validation errors: [resource index 0: <name>: <why>; …]`.
  (reason) => groups(reason, /resource index \d+: (.+?): /g),
];

/** Envoy: `Error adding/updating cluster(s) a: <why>, b: <why>`. */
function* envoyList(reason: string): Iterable<string> {
  const list = /Error adding\/updating [\w ]+\(s\) ([\s\S]*)/.exec(reason)?.[1];
  if (list === undefined) return;
  for (const { 1: name } of list.matchAll(/(?:^|,\s|\n)([^,\n]+?): /g)) yield name!;
}

/** Envoy: the text of a resource that breaks a rule of the API. */
function* envoyDump(reason: string): Iterable<string> {
  if (!DUMPED.test(reason)) return;
  const name = NAME_FIELD.exec(reason)?.[1];
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
