import { TestAuthority } from "../server/test-authority.ts";
import type { ServerSpec } from "./server-command.ts";

const authority = new TestAuthority("adversary");
const other = new TestAuthority("other");
const server = authority.issue("localhost");

/** What clients of a server with TLS have. */
export const CERTIFICATES = {
  node: { ca: authority.cert, ...authority.issue("healthy") },
  attacker: { ca: authority.cert, ...authority.issue("attacker") },
  /** From an authority that the server does not know. */
  foreign: { ca: authority.cert, ...other.issue("healthy") },
  none: { ca: authority.cert },
} as const;

authority.remove();
other.remove();

/** A server that wants a certificate, which has to fit the node's id. */
export const TLS_SERVER: ServerSpec = {
  listen: { tls: { ...server, ca: authority.cert }, handshakeTimeoutMs: 3_000 },
  healthyTls: CERTIFICATES.node,
  bindNode: true,
};
