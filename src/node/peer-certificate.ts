import type { Socket } from "node:net";
import type { PeerCertificate, TLSSocket } from "node:tls";
import type { ClientCertificate } from "../server/mod.ts";

/** The part of a socket that may have a certificate. */
export type MaybeSecureSocket =
  & Pick<Socket, "remoteAddress">
  & Partial<Pick<TLSSocket, "authorized" | "getPeerCertificate">>;

/** The certificate of a client, read once for each connection; undefined unless its authority was verified. */
export function certificateOf(socket: MaybeSecureSocket | null | undefined): ClientCertificate | undefined {
  if (socket?.authorized !== true || socket.getPeerCertificate === undefined) return undefined;
  if (!known.has(socket)) known.set(socket, read(socket.getPeerCertificate()));
  return known.get(socket);
}

/** Reads a certificate as Node gives it. @returns undefined for none */
export function read(peer: Partial<PeerCertificate> | null | undefined): ClientCertificate | undefined {
  if (peer?.fingerprint256 === undefined || peer.valid_to === undefined) return undefined;
  const names = alternativeNames(peer.subjectaltname ?? "");
  const [dnsNames, uris] = ["DNS", "URI"].map((kind) => names.filter((each) => each.kind === kind).map(valueOf));
  const commonName: unknown = peer.subject?.CN;
  return {
    subject: subjectText(peer.subject ?? {}),
    commonName: typeof commonName === "string" ? commonName : undefined,
    dnsNames: dnsNames!,
    uris: uris!,
    spiffeId: uris!.length === 1 && SPIFFE_ID.test(uris![0]!) ? uris![0] : undefined,
    fingerprint: peer.fingerprint256,
    validTo: Date.parse(peer.valid_to),
  };
}

const known = new WeakMap<object, ClientCertificate | undefined>();

/** Of trust domain and path; no segment of the path is empty or consists of dots alone. */
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/;

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

function valueOf({ value }: AlternativeName): string {
  return value;
}

/**
 * Reads a list such as `DNS:a, URI:b`. A value with characters that could pretend to be another entry is in JSON. A list
 * that is not of this form has no names.
 */
function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  const entry = /([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,"]*))(?:, |$)/y;
  while (entry.lastIndex < text.length) {
    const [, kind, quoted, plain] = entry.exec(text) ?? [];
    if (kind === undefined) return [];
    const value = quoted === undefined ? plain! : unquoted(quoted);
    if (value === undefined) return [];
    // A library in C would read it up to the NUL.
    if (!value.includes("\0")) names.push({ kind, value });
  }
  return names;
}

function unquoted(json: string): string | undefined {
  try {
    return JSON.parse(json) as string;
  } catch {
    return undefined;
  }
}

function subjectText(subject: object): string {
  const parts: string[] = [];
  for (const [name, values] of Object.entries(subject) as [string, unknown][]) {
    for (const value of [values].flat()) parts.push(`${name}=${String(value).replaceAll(/[\\,=+]/g, "\\$&")}`);
  }
  return parts.join(", ");
}
