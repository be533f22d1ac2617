import type { Socket } from "node:net";

/** The address that a connection comes from, such as `127.0.0.1:54321`. */
export function addressOf(
  socket: Pick<Socket, "remoteAddress" | "remotePort"> | null | undefined,
): string | undefined {
  if (socket?.remoteAddress === undefined) return undefined;
  const { remoteAddress, remotePort } = socket;
  return remoteAddress.includes(":") ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
