import { type DiscoveryServer, excessOf, headerLimitsOf, sizeOfRawHeaders } from "../server/mod.ts";
import type { AuthorityCheck } from "./authority.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { pathOf } from "./path.ts";
import { BAD_AUTHORITY, headersTooLarge, INTERNAL, refuse, UNKNOWN_PATH } from "./refusal.ts";
import { createRequestAdapters } from "./request-adapter.ts";

/** What differs between versions of HTTP. */
export interface HttpVersion<Req extends NodeServerRequest, Res extends NodeServerResponse> {
  /** The protocol of unary methods. */
  readonly protocol: "grpc" | "connect";
  authorityOf(request: Req): string | undefined;
  /** Ends the exchange once its response is complete, even if the client has not ended the request. */
  closeWhenSent(request: Req, response: Res): void;
  /** Breaks off a response that has begun. */
  abort(request: Req): void;
}

/** What a request handler needs. */
export interface RequestHandlerOptions<Req extends NodeServerRequest, Res extends NodeServerResponse> {
  readonly isAuthority: AuthorityCheck;
  readonly version: HttpVersion<Req, Res>;
}

/** Handles all requests that do not go past the router. No request makes it throw. */
export function createRequestHandler<Req extends NodeServerRequest, Res extends NodeServerResponse>(
  server: DiscoveryServer,
  { isAuthority, version }: RequestHandlerOptions<Req, Res>,
): (request: Req, response: Res) => void {
  const limits = headerLimitsOf(server);
  const adapters = createRequestAdapters(server, { protocol: version.protocol });
  return function handle(request, response) {
    const onFault = (): void => refuseAfterFault(version, request, response);
    request.on("error", ignore);
    response.on("error", ignore);
    version.closeWhenSent(request, response);
    try {
      if (!isAuthority(version.authorityOf(request))) return refuse(request, response, BAD_AUTHORITY);
      const excess = excessOf(sizeOfRawHeaders(request.rawHeaders), limits.headers);
      if (excess !== undefined) {
        limits.limits.note(excess);
        return refuse(request, response, headersTooLarge(excess.rawMessage));
      }
      const adapter = adapters.get(pathOf(request.url ?? ""));
      if (adapter === undefined) refuse(request, response, UNKNOWN_PATH);
      else adapter(request, response).catch(onFault);
    } catch {
      onFault();
    }
  };
}

function refuseAfterFault<Req extends NodeServerRequest, Res extends NodeServerResponse>(
  version: HttpVersion<Req, Res>,
  request: Req,
  response: Res,
): void {
  try {
    if (response.headersSent) version.abort(request);
    else refuse(request, response, INTERNAL);
  } catch {
    // The client has disconnected.
  }
}

function ignore(): void {}
