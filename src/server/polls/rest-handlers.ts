import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { http } from "../../../gen/google/api/annotations_pb.ts";
import type { ConnectError } from "@connectrpc/connect";
import { excessOf, type HeaderLimits, sizeOfHeaders } from "../limits/header-limits.ts";
import { exceeding, limitOf } from "../limits/limit-counts.ts";
import type { ApiTable } from "../../resource/mod.ts";
import type { StreamLimits } from "../../stream/mod.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import type { Poller } from "./poller.ts";
import { HttpError, httpError } from "./http-error.ts";
import { readJsonRequest } from "./rest-request.ts";
import type { Refusals } from "./refusals.ts";
import type { RestResponses } from "./rest-response.ts";
import { contentTypeMatcher } from "../content-type.ts";
import { clientOf } from "../identity/client-origin.ts";
import { RESET } from "../reset.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import { ResponseBody } from "./response-body.ts";
import { type BodyLimits, readBody, tooLarge } from "./request-body.ts";

/** What the handlers of REST need. */
export interface RestOptions {
  readonly api: ApiTable;
  readonly poller: Poller;
  readonly responses: RestResponses;
  readonly budget: SendBudget;
  readonly limits: StreamLimits;
  readonly body: BodyLimits;
  readonly headers: HeaderLimits;
  readonly refusals: Refusals;
}

/**
 * Handlers for the REST paths of an API: `POST` of a `DiscoveryRequest` in JSON. The response is a `DiscoveryResponse` in
 * JSON, or status 304 if the client is up to date.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#rest-json-polling-subscriptions
 */
export function restHandlers(options: RestOptions): UniversalHandler[] {
  const handlers: UniversalHandler[] = [];
  for (const { service, typeUrl } of options.api.services) {
    for (const method of service.methods) {
      const requestPath = pathOf(method);
      if (typeUrl === undefined || requestPath === undefined) continue;
      const handle = async (request: UniversalServerRequest): Promise<Responding> => {
        const response = await respond(request, { typeUrl, path: requestPath }, options);
        if (response.body !== undefined) response.body.onStalled = request.contextValues?.get(RESET);
        return response;
      };
      handlers.push(Object.assign(handle, {
        service,
        method,
        requestPath,
        protocolNames: ["rest"],
        allowedMethods: ["POST"],
        supportedContentType,
      }));
    }
  }
  return handlers;
}

/** A response in plain text. Short as it is, a client that does not read it must not hold its stream. */
export function textResponse({ status, message, headers }: HttpError, budget: SendBudget): Responding {
  const bytes = new TextEncoder().encode(`${message}\n`);
  const length = String(bytes.length);
  const header = new Headers({ "content-type": "text/plain; charset=utf-8", "content-length": length, ...headers });
  return { status, header, body: new ResponseBody(bytes, budget) };
}

/** A response that is in the budget of unread bytes. */
export interface Responding extends UniversalServerResponse {
  readonly body?: ResponseBody;
}

const supportedContentType = contentTypeMatcher(/^application\/json(?:\s*;.*)?$/i);

function pathOf(method: DescMethod): string | undefined {
  const pattern = hasOption(method, http) ? getOption(method, http).pattern : undefined;
  return pattern?.case === "post" ? pattern.value : undefined;
}

async function respond(
  request: UniversalServerRequest,
  { typeUrl, path }: { readonly typeUrl: string; readonly path: string },
  { api, poller, responses, budget, limits, headers, body: bodyLimits, refusals }: RestOptions,
): Promise<Responding> {
  try {
    const excess = excessOf(sizeOfHeaders(request.header), headers);
    if (excess !== undefined) throw headersTooLarge(excess);
    const body = checkedBody(request, bodyLimits);
    const query = readJsonRequest(await readBody(body, bodyLimits), { node: api.node, limits });
    const origin = {
      protocol: "rest",
      typeUrl,
      client: clientOf(request, path),
      get signal() {
        return request.signal;
      },
    } as const;
    const written = await poller.poll(query, origin, (result) => responses.write(typeUrl, result));
    if (written === undefined) return { status: 304 };
    const header = new Headers({ "content-type": "application/json", "content-length": String(written.bytes.length) });
    return { status: 200, header, body: written };
  } catch (error) {
    if (error instanceof ClientDisconnected) throw error;
    refusals.note(error);
    return textResponse(httpError(error), budget);
  }
}

function headersTooLarge(excess: ConnectError): HttpError {
  return exceeding(limitOf(excess), new HttpError(431, excess.rawMessage));
}

/** @throws HttpError - the request is wrong in its method or headers, so that its body is left unread */
function checkedBody({ method, header, body }: UniversalServerRequest, limits: BodyLimits): AsyncIterable<Uint8Array> {
  if (method !== "POST") throw new HttpError(405, "Cannot serve request: the method must be POST", { allow: "POST" });
  const isByteBody = typeof body === "object" && body !== null && Symbol.asyncIterator in body;
  if (!supportedContentType(header.get("content-type") ?? "") || !isByteBody) {
    throw new HttpError(415, "Cannot read request: the content-type must be application/json");
  }
  if (!/^(?:identity)?$/i.test(header.get("content-encoding") ?? "")) {
    throw new HttpError(415, "Cannot read request: the content-encoding must be identity");
  }
  if (Number(header.get("content-length")) > limits.maxBytes) throw tooLarge(limits);
  return body as AsyncIterable<Uint8Array>;
}
