import type { Socket } from "node:net";
import type { NodeServerRequest } from "./http-types.ts";

/** The address of a client, such as `127.0.0.1:54321`. */
export function peerOf(request: NodeServerRequest): string | undefined {
  return addressOf("stream" in request ? request.stream.session?.socket : request.socket);
}

/** The address that a connection comes from. */
export function addressOf(
  socket: Pick<Socket, "remoteAddress" | "remotePort"> | null | undefined,
): string | undefined {
  if (socket?.remoteAddress === undefined) return undefined;
  const { remoteAddress, remotePort } = socket;
  return remoteAddress.includes(":") ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
