import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { resetResponse } from "./response-writer.ts";

/** A reason to refuse a request before any service sees it. */
export interface Refusal {
  /** The status for a client that does not speak gRPC. */
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly message: string;
  /** The text for a client that does not speak gRPC. Default: the message. */
  readonly text?: string;
}

/** An authority that is not a host with an optional port. */
export const BAD_AUTHORITY: Refusal = {
  httpStatus: 400,
  grpcStatus: 3,
  message: "Cannot serve request: the authority is not valid",
};

/** A path that no service and no REST method has. */
export const UNKNOWN_PATH: Refusal = {
  httpStatus: 404,
  grpcStatus: 12,
  message: "Cannot serve request: no such method",
  text: "Cannot serve request: no such path",
};

/** Headers beyond a limit. */
export function headersTooLarge(message: string): Refusal {
  return { httpStatus: 431, grpcStatus: 8, message };
}

/** A fault of the server. */
export const INTERNAL: Refusal = { httpStatus: 500, grpcStatus: 13, message: "Internal error" };

/** Responds in plain text; to a gRPC client with status 200 and the gRPC status in the headers, as it expects. */
export function refuse(request: NodeServerRequest, response: NodeServerResponse, refusal: Refusal): void {
  if (!isGrpc(request)) {
    // A client that reads nothing of it must not hold its stream.
    const unread = setTimeout(() => resetResponse(response), REFUSAL_TIMEOUT_MS).unref();
    response.once("close", () => clearTimeout(unread));
    response.writeHead(refusal.httpStatus, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${refusal.text ?? refusal.message}\n`);
    return;
  }
  const headers = {
    "content-type": "application/grpc",
    "grpc-status": String(refusal.grpcStatus),
    "grpc-message": percentEncode(refusal.message),
  };
  if ("stream" in response) {
    // A client looks for the status in the headers only if nothing follows them, not even an empty body.
    response.stream.respond({ ":status": 200, ...headers }, { endStream: true });
  } else {
    response.writeHead(200, headers);
    response.end();
  }
}

/** How long a client may take to read the text. */
const REFUSAL_TIMEOUT_MS = 10_000;

function isGrpc(request: NodeServerRequest): boolean {
  return /^application\/grpc(?![-\w])/i.test(request.headers["content-type"] ?? "");
}

/** gRPC's encoding of `grpc-message`: only characters that a header cannot hold are encoded. */
function percentEncode(message: string): string {
  return message.replaceAll(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent);
}
