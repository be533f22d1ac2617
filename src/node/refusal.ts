import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";

/** A reason to refuse a request before any service sees it. */
export interface Refusal {
  /** The answer to a client that does not speak gRPC. */
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly message: string;
  /** What a client that does not speak gRPC is told. Default: the message. */
  readonly text?: string;
}

export const BAD_AUTHORITY: Refusal = {
  httpStatus: 400,
  grpcStatus: 3,
  message: "Cannot serve request: the authority is not valid",
};

export const UNKNOWN_PATH: Refusal = {
  httpStatus: 404,
  grpcStatus: 12,
  message: "Cannot serve request: no such method",
  text: "Cannot answer: there is no such path",
};

export const FAULT: Refusal = { httpStatus: 500, grpcStatus: 13, message: "Internal error" };

/** Answers in plain text; to a gRPC client with status 200 and the gRPC status in the headers, as it expects. */
export function refuse(request: NodeServerRequest, response: NodeServerResponse, refusal: Refusal): void {
  if (!isGrpc(request)) {
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

function isGrpc(request: NodeServerRequest): boolean {
  return /^application\/grpc(?![-\w])/i.test(request.headers["content-type"] ?? "");
}

/** As gRPC has it: clients need not decode more than what could not stand in a header. */
function percentEncode(message: string): string {
  return message.replaceAll(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent);
}
