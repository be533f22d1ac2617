import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { createContextValues } from "@connectrpc/connect";
import {
  contentTypeMatcher,
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import { http } from "../../../gen/google/api/annotations_pb.ts";
import type { ApiTable } from "../../resource/mod.ts";
import { ClientGone } from "./client-gone.ts";
import type { Fetcher } from "./poller.ts";
import { HttpError, httpError } from "./http-error.ts";
import { readJsonRequest } from "./rest-request.ts";
import type { JsonResponses } from "./rest-response.ts";
import { PEER } from "../peer.ts";
import { type BodyLimits, readBody, tooLarge } from "./request-body.ts";

/** What the handlers of REST need. */
export interface RestOptions {
  readonly api: ApiTable;
  readonly fetcher: Fetcher;
  readonly responses: JsonResponses;
  readonly body: BodyLimits;
}

/**
 * Handlers for the REST paths of an API: `POST` of a `DiscoveryRequest` in JSON, answered with a `DiscoveryResponse` in
 * JSON, or with 304 where there is nothing new.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#rest-json-polling-subscriptions
 */
export function restHandlers(options: RestOptions): UniversalHandler[] {
  const handlers: UniversalHandler[] = [];
  for (const { service, typeUrl } of options.api.services) {
    for (const method of service.methods) {
      const requestPath = pathOf(method);
      if (typeUrl === undefined || requestPath === undefined) continue;
      const handle = (request: UniversalServerRequest) => answer(request, typeUrl, options);
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

/** An answer in plain text. */
export function textResponse({ status, message, headers }: HttpError): UniversalServerResponse {
  const header = new Headers({ "content-type": "text/plain; charset=utf-8", ...headers });
  return bytesResponse(status, header, new TextEncoder().encode(`${message}\n`));
}

const supportedContentType = contentTypeMatcher(/^application\/json(?:\s*;.*)?$/i);

function pathOf(method: DescMethod): string | undefined {
  const pattern = hasOption(method, http) ? getOption(method, http).pattern : undefined;
  return pattern?.case === "post" ? pattern.value : undefined;
}

async function answer(
  request: UniversalServerRequest,
  typeUrl: string,
  { api, fetcher, responses, body: limits }: RestOptions,
): Promise<UniversalServerResponse> {
  try {
    const body = checkedBody(request, limits);
    const query = readJsonRequest(await readBody(body, limits), api.node);
    const peer = (request.contextValues ?? createContextValues()).get(PEER);
    const origin = {
      protocol: "rest",
      typeUrl,
      peer,
      get signal() {
        return request.signal;
      },
    } as const;
    const bytes = await fetcher.answer(query, origin, (fetched) => responses.write(typeUrl, fetched));
    if (bytes === undefined) return { status: 304 };
    return bytesResponse(200, new Headers({ "content-type": "application/json" }), bytes);
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    return textResponse(httpError(error));
  }
}

/** @throws HttpError - what can be seen to be wrong without reading the body */
function checkedBody({ method, header, body }: UniversalServerRequest, limits: BodyLimits): AsyncIterable<Uint8Array> {
  if (method !== "POST") throw new HttpError(405, "Cannot answer: the method must be POST", { allow: "POST" });
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

function bytesResponse(status: number, header: Headers, bytes: Uint8Array): UniversalServerResponse {
  header.set("content-length", String(bytes.length));
  return { status, header, body: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
