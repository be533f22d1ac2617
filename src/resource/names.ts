/**
 * Names of resources. Most are opaque: compared byte by byte, whatever is in them. Those of the form
 * `xdstp://authority/type/id?key=value` are compared by what they say, so each has one normal form; everything behind
 * the edges of the server (caches, views, subscriptions) has names in that form.
 *
 * Source: https://github.com/cncf/xds/blob/main/proposals/TP1-xds-transport-next.md
 */

/** The parts of an `xdstp:` name, decoded. */
export interface XdstpName {
  /** May be empty. */
  readonly authority: string;
  /** The message type, such as `envoy.config.cluster.v3.Cluster`. */
  readonly type: string;
  /** Segments with slashes between them; may be empty. */
  readonly id: string;
  /** The context parameters. */
  readonly params: ReadonlyMap<string, string>;
}

/** Takes an `xdstp:` name apart; undefined for any other name, and for one that is malformed. */
export function parseXdstp(name: string): XdstpName | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  // Directives (`#alt=…`) are for the client alone, and no part of the name.
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

/** Writes an `xdstp:` name in its normal form: parameters sorted, and as little escaped as may be. */
export function formatXdstp({ authority, type, id, params }: XdstpName): string {
  const query = [...params].map(([key, value]) => `${escape(key, IN_PARAMS)}=${escape(value, IN_PARAMS)}`).sort();
  const path = id === "" ? "" : `/${escape(id, IN_ID)}`;
  return `${PREFIX}${escape(authority, IN_AUTHORITY)}/${type}${path}${query.length > 0 ? "?" : ""}${query.join("&")}`;
}

/** The normal form of a name: of an `xdstp:` name the one that is sent by Envoy; any other name as it is. */
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

/** Whether the name is of the form that has a normal form. */
export function isXdstp(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Whether a name, in its normal form, asks for a whole collection: `xdstp://authority/type/folder/*?key=value`. */
export function isGlob(name: string): boolean {
  if (!isXdstp(name)) return false;
  const path = name.slice(PREFIX.length, endOfPath(name));
  // A star in the place of the type is none.
  return path.endsWith("/*") && path.indexOf("/") < path.length - 2;
}

/**
 * The collection that a name, in its normal form, is directly in: what is behind the last slash of its path replaced by
 * a star. Of an `xdstp:` name that is its glob, and the parameters belong to it. Undefined for a name without a slash.
 */
export function collectionOf(name: string): string | undefined {
  const end = endOfPath(name);
  const slash = name.lastIndexOf("/", end - 1);
  return slash < 0 ? undefined : `${name.slice(0, slash + 1)}*${name.slice(end)}`;
}

const PREFIX = "xdstp://";

// What Envoy escapes, beside what is not printable ASCII, so that its names are in normal form already.
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
    // It leaves a few characters of ASCII as they are.
    return char > "~" ? encodeURIComponent(char) : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
