import {
  RedirectAction_RedirectResponseCode as Code,
  RedirectActionSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { RedirectFields } from "./message-fields.ts";

/** Where a redirect leads to; all that is not given stays as in the request. Also other fields of `RedirectAction`. */
export interface RedirectOptions extends RedirectFields {
  /** Leads to `https`. Default: false. */
  readonly https?: boolean;
  /** Another host. */
  readonly host?: string;
  /** Another port. */
  readonly port?: number;
  /** Another path, with a query if need be. */
  readonly path?: string;
  /** What the matched prefix of the path becomes. Both end with a slash, or neither: of `/a` to `/` comes `//b`. */
  readonly prefix?: string;
  /** The status of the response. Default: 301. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

const CODES = {
  301: Code.MOVED_PERMANENTLY,
  302: Code.FOUND,
  303: Code.SEE_OTHER,
  307: Code.TEMPORARY_REDIRECT,
  308: Code.PERMANENT_REDIRECT,
};

/** The fields of a `RedirectAction`. */
export function redirectAction({ https = false, host, port, path, prefix, status = 301, ...fields }: RedirectOptions) {
  const action: Fields<typeof RedirectActionSchema> = { ...fields, responseCode: CODES[status] };
  if (action.responseCode === undefined) {
    throw new TypeError(`Cannot redirect with status ${status}: give one of ${Object.keys(CODES).join(", ")}`);
  }
  if (path !== undefined && prefix !== undefined) {
    throw new TypeError("Cannot redirect to a path and a prefix: give one of them");
  }
  if (https) action.schemeRewriteSpecifier = { case: "httpsRedirect", value: true };
  if (host !== undefined) action.hostRedirect = host;
  if (port !== undefined) action.portRedirect = port;
  if (path !== undefined) action.pathRewriteSpecifier = { case: "pathRedirect", value: path };
  if (prefix !== undefined) action.pathRewriteSpecifier = { case: "prefixRewrite", value: prefix };
  return withDurations(RedirectActionSchema, action);
}
