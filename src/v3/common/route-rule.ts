import { RouteSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { RouteFields } from "./message-fields.ts";
import { redirectAction, type RedirectOptions } from "./redirect.ts";
import { type ForwardOptions, routeAction } from "./route-action.ts";
import { routeMatch, type RouteMatchOptions } from "./route-match.ts";

/** A response that Envoy makes itself. */
export interface DirectResponse {
  /** The status, such as 200. */
  readonly status: number;
  /** The body. Default: empty. */
  readonly body?: string;
}

/**
 * What is done with requests: exactly one of `cluster`, `clusters`, `redirect`, `respond` and the field `action` of the
 * message. Also any other field of `Route`, such as `requestHeadersToAdd`.
 */
export interface RouteTarget extends ForwardOptions, Omit<RouteMatchOptions, "prefix" | "path" | "regex">, RouteFields {
  /** Leads the client elsewhere. */
  readonly redirect?: RedirectOptions;
  /** Responds without a host. */
  readonly respond?: DirectResponse;
}

/** One route: which requests it is for, by one of `prefix`, `path` and `regex` and more, and what is done with them. */
export interface RouteRule extends RouteTarget, RouteMatchOptions {}

type Route = Fields<typeof RouteSchema>;

/** The fields of a `Route`. */
export function routeInit(rule: RouteRule) {
  const fields: Record<string, unknown> = { ...rule };
  for (const name of OWN) delete fields[name];
  return withDurations(RouteSchema, { ...fields, match: routeMatch(rule), action: actionOf(rule) });
}

/** What is not a field of the message. */
const OWN = [
  ...["prefix", "path", "regex", "method", "headers", "query"],
  ...["cluster", "clusters", "timeout", "retry", "rewrite", "forward", "redirect", "respond"],
];

const CHOICES = ["cluster", "clusters", "redirect", "respond", "action"] as const;

function actionOf(rule: RouteRule): Route["action"] {
  const given = CHOICES.filter((choice) => rule[choice] !== undefined);
  if (given.length !== 1) {
    const which = given.length === 0 ? "none" : given.join(" and ");
    throw new TypeError(
      `Cannot make route ${textOf(rule)}: give exactly one of ${CHOICES.join(", ")}; it has ${which}`,
    );
  }
  const { redirect, respond, action } = rule;
  if (redirect !== undefined) return { case: "redirect", value: redirectAction(redirect) };
  if (respond !== undefined) return { case: "directResponse", value: responseOf(respond) };
  return action ?? { case: "route", value: routeAction(rule) };
}

function textOf({ prefix, path, regex }: RouteRule): string {
  return `"${path ?? regex ?? prefix ?? "/"}"`;
}

function responseOf({ status, body }: DirectResponse) {
  const inline = body === undefined ? undefined : { specifier: { case: "inlineString", value: body } as const };
  return { status, ...inline && { body: inline } };
}
