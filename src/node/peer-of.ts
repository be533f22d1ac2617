import type { NodeServerRequest } from "./http-types.ts";

/** The address of a client, such as `127.0.0.1:54321`. */
export function peerOf(request: NodeServerRequest): string | undefined {
  const socket = "stream" in request ? request.stream.session?.socket : request.socket;
  if (socket?.remoteAddress === undefined) return undefined;
  const { remoteAddress, remotePort } = socket;
  return remoteAddress.includes(":") ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
