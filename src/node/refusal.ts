import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";

/** A reason to refuse a request before any service sees it. */
export interface Refusal {
  /** The answer to a client that does not speak gRPC. */
  readonly httpStatus: number;
  readonly grpcStatus: number;
  readonly message: string;
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
};

export const FAULT: Refusal = { httpStatus: 500, grpcStatus: 13, message: "Internal error" };

/** Answers without a body; to a gRPC client with status 200 and the gRPC status in the headers, as it expects. */
export function refuse(request: NodeServerRequest, response: NodeServerResponse, refusal: Refusal): void {
  if (isGrpc(request)) {
    response.writeHead(200, {
      "content-type": "application/grpc",
      "grpc-status": String(refusal.grpcStatus),
      "grpc-message": encodeURIComponent(refusal.message),
    });
  } else {
    response.writeHead(refusal.httpStatus);
  }
  response.end();
}

function isGrpc(request: NodeServerRequest): boolean {
  return /^application\/grpc(?![-\w])/i.test(request.headers["content-type"] ?? "");
}
