import { RouteMatchSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { RouteMatchFields } from "./message-fields.ts";

/** What a header or a query parameter must be: a value, a pattern of the whole value, present, or absent. */
export type ValueMatch = string | RegExp | boolean;

/** Which requests a route is for. */
export interface RouteMatchOptions {
  /** The path begins with this, query excluded: `"/api"` also matches `/apis`. Default: `"/"`, any path. */
  readonly prefix?: string;
  /** The path is exactly this. */
  readonly path?: string;
  /** The path matches this as a whole, in RE2's syntax. */
  readonly regex?: string | RegExp;
  /** The method, such as `"GET"`, or one of several. Default: any. */
  readonly method?: string | readonly string[];
  /** Headers, by name: a value, a pattern, `true` for present or `false` for absent. Default: any. */
  readonly headers?: Readonly<Record<string, ValueMatch>>;
  /** Parameters of the query, in the same way. Default: any. */
  readonly query?: Readonly<Record<string, ValueMatch>>;
  /** Any other field of `RouteMatch`, such as `runtimeFraction` or `grpc`. Default: none. */
  readonly match?: RouteMatchFields;
}

type Match = Fields<typeof RouteMatchSchema>;

/** The fields of a `RouteMatch`. */
export function routeMatch({ prefix, path, regex, method, headers = {}, query = {}, match = {} }: RouteMatchOptions) {
  const result: Match = { ...match, pathSpecifier: pathOf({ prefix, path, regex }) };
  const byHeader = [
    ...method === undefined ? [] : [methodMatch(method)],
    ...Object.entries(headers).map(([name, value]) => ({ name, headerMatchSpecifier: specifierOf(value) })),
  ];
  if (byHeader.length > 0) result.headers = [...match.headers ?? [], ...byHeader];
  const byQuery = Object.entries(query).map(([name, value]) => ({
    name,
    queryParameterMatchSpecifier: specifierOf(value),
  }));
  if (byQuery.length > 0) result.queryParameters = [...match.queryParameters ?? [], ...byQuery];
  return withDurations(RouteMatchSchema, result);
}

interface PathOptions {
  readonly prefix: string | undefined;
  readonly path: string | undefined;
  readonly regex: string | RegExp | undefined;
}

function pathOf({ prefix, path, regex }: PathOptions): NonNullable<Match["pathSpecifier"]> {
  if ([prefix, path, regex].filter((each) => each !== undefined).length > 1) {
    throw new TypeError("Cannot match a path: give one of prefix, path and regex");
  }
  if (path !== undefined) return { case: "path", value: withSlash(path, "path") };
  if (regex !== undefined) return { case: "safeRegex", value: { regex: regexOf(regex) } };
  return { case: "prefix", value: prefix === undefined ? "/" : withSlash(prefix, "prefix") };
}

/** @throws TypeError for what no path of a request begins with: Envoy accepts it, and it never matches */
function withSlash(text: string, what: "path" | "prefix"): string {
  // Any path begins with the empty text, and OPTIONS may be about the server as a whole.
  if (text.startsWith("/") || text === (what === "prefix" ? "" : "*")) return text;
  throw new TypeError(`Cannot use "${text}" as the ${what} of a route: it must begin with a slash, as in "/${text}"`);
}

function methodMatch(method: string | readonly string[]) {
  const value = typeof method === "string" ? method : new RegExp(method.join("|"));
  return { name: ":method", headerMatchSpecifier: specifierOf(value) };
}

type Specifier =
  | { case: "presentMatch"; value: boolean }
  | {
    case: "stringMatch";
    value: { matchPattern: { case: "exact"; value: string } | { case: "safeRegex"; value: { regex: string } } };
  };

function specifierOf(value: ValueMatch): Specifier {
  if (typeof value === "boolean") return { case: "presentMatch", value };
  const matchPattern = typeof value === "string"
    ? { case: "exact", value } as const
    : { case: "safeRegex", value: { regex: regexOf(value) } } as const;
  return { case: "stringMatch", value: { matchPattern } };
}

/** The source of a pattern; of JavaScript's flags `i` has a form in RE2. */
function regexOf(regex: string | RegExp): string {
  if (typeof regex === "string") return regex;
  const flags = regex.flags.replace(/[gu]/g, "");
  if (flags === "") return regex.source;
  if (flags === "i") return `(?i)${regex.source}`;
  throw new TypeError(`Cannot use the pattern ${regex}: of its flags Envoy knows i only`);
}
