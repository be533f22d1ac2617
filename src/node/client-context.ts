import type { IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { type ContextValues, createContextValues } from "@connectrpc/connect";
import { CERTIFICATE, HEADERS, LOCAL, PEER, RESET } from "../server/mod.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { certificateOf } from "./peer-certificate.ts";
import { addressOf } from "./peer-address.ts";
import { resetResponse } from "./response-writer.ts";

/** What is known of the client of a request, as values of its context. */
export function clientContext(request: NodeServerRequest, response: NodeServerResponse): ContextValues {
  const socket = socketOf(request);
  return createContextValues()
    .set(PEER, addressOf(socket))
    .set(CERTIFICATE, certificateOf(socket))
    .set(LOCAL, isLocal(socket))
    .set(HEADERS, () => headersOf(request.headers))
    .set(RESET, () => resetResponse(response));
}

/** Whether a connection comes from this machine. */
export function isLocal(socket: Pick<Socket, "remoteAddress"> | null | undefined): boolean {
  return /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket?.remoteAddress ?? "");
}

/** All headers of a request but those that begin with a colon. */
export function headersOf(raw: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(raw)) {
    if (name.startsWith(":") || values === undefined) continue;
    for (const value of [values].flat()) headers.append(name, value);
  }
  return headers;
}

function socketOf(request: NodeServerRequest): Socket | undefined {
  return "stream" in request ? request.stream.session?.socket : request.socket;
}
