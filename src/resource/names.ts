/**
 * Names of resources. Most are opaque and compared byte by byte. Those of the form
 * `xdstp://authority/type/id?key=value` have several spellings and one normal form; caches, views and subscriptions have
 * names in their normal form only.
 *
 * Source: https://github.com/cncf/xds/blob/main/proposals/TP1-xds-transport-next.md
 */

/** The parts of an `xdstp:` name, decoded. */
export interface XdstpName {
  /** The authority; may be empty. */
  readonly authority: string;
  /** The message type, such as `envoy.config.cluster.v3.Cluster`. */
  readonly type: string;
  /** Segments with slashes between them; may be empty. */
  readonly id: string;
  /** The context parameters. */
  readonly params: ReadonlyMap<string, string>;
}

/** The parts of an `xdstp:` name; undefined for any other name, and for a malformed one. */
export function parseXdstp(name: string): XdstpName | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  // Directives (`#alt=…`) are for the client, and not a part of the name.
  const [urn = ""] = name.slice(PREFIX.length).split("#", 1);
  const [path = ""] = urn.split("?", 1);
  const [authority = "", type = "", ...id] = path.split("/");
  if (type === "") return undefined;
  try {
    return {
      authority: decodeURIComponent(authority),
      type,
      id: decodeURIComponent(id.join("/")),
      params: parseParams(urn.slice(path.length + 1)),
    };
  } catch {
    return undefined;
  }
}

/**
 * Writes an `xdstp:` name in its normal form: parameters sorted, and no more escapes than needed.
 *
 * @throws URIError for half of a surrogate pair
 */
export function formatXdstp({ authority, type, id, params }: XdstpName): string {
  const query = [...params].map(([key, value]) => `${escape(key, IN_PARAMS)}=${escape(value, IN_PARAMS)}`).sort();
  const path = id === "" ? "" : `/${escape(id, IN_ID)}`;
  return `${PREFIX}${escape(authority, IN_AUTHORITY)}/${type}${path}${query.length > 0 ? "?" : ""}${query.join("&")}`;
}

/** The normal form of a name: of an `xdstp:` name the form that Envoy sends; any other name unchanged. */
export function normalName(name: string): string {
  if (!isXdstp(name)) return name;
  const parsed = parseXdstp(name);
  if (parsed === undefined) return name;
  try {
    return formatXdstp(parsed);
  } catch {
    return name;
  }
}

/** Whether a name begins as an `xdstp:` name, so that it may have several spellings. */
export function isXdstp(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Whether a name in its normal form is that of a collection: `xdstp://authority/type/folder/*?key=value`. */
export function isGlob(name: string): boolean {
  if (!isXdstp(name)) return false;
  const path = name.slice(PREFIX.length, endOfPath(name));
  // A star in the place of the type is not a glob.
  return path.endsWith("/*") && path.indexOf("/") < path.length - 2;
}

/**
 * The collection that a name in its normal form is a direct member of: the name with a star instead of the part after
 * the last slash of its path. That of an `xdstp:` name has the same parameters. Undefined for a name without a slash.
 */
export function collectionOf(name: string): string | undefined {
  const end = endOfPath(name);
  const slash = name.lastIndexOf("/", end - 1);
  return slash < 0 ? undefined : `${name.slice(0, slash + 1)}*${name.slice(end)}`;
}

const PREFIX = "xdstp://";

// The characters that Envoy escapes, beside those that are not printable ASCII: its names are in normal form already.
const IN_AUTHORITY = /[^ -}]|[%/?#]/gu;
const IN_ID = /[^ -}]|[%:?#[\]]/gu;
const IN_PARAMS = /[^ -}]|[%#[\]&=]/gu;

function endOfPath(name: string): number {
  const query = isXdstp(name) ? name.indexOf("?") : -1;
  return query < 0 ? name.length : query;
}

function parseParams(query: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const param of query.split("&")) {
    if (param === "") continue;
    const [rawKey = ""] = param.split("=", 1);
    const key = decodeURIComponent(rawKey);
    if (!params.has(key)) params.set(key, decodeURIComponent(param.slice(rawKey.length + 1)));
  }
  return params;
}

/** @throws URIError for half of a surrogate pair */
function escape(text: string, special: RegExp): string {
  return text.replace(special, (char) => {
    // encodeURIComponent leaves a few ASCII characters unescaped.
    return char > "~" ? encodeURIComponent(char) : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
