import { createSecureContext } from "node:tls";
import type { TlsOptions } from "./listen-options.ts";

/**
 * Looks for the mistakes that Node reports in OpenSSL's words, or with each connection only.
 *
 * @throws TypeError with what to do
 */
export function checkPem(tls: TlsOptions): void {
  for (const name of ["key", "cert", "ca"] as const) {
    const value = tls[name] as TlsOptions["key"] | undefined;
    if (value !== undefined) checkBlocks(name, pemText(value));
    else if (name !== "ca") {
      const other = name === "key" ? "cert" : "key";
      throw new TypeError(`Cannot use tls: it has ${other} but no ${name}; give both, or keyFile and certFile`);
    }
  }
  checkPair(tls);
}

/** A value as text. */
export function pemText(value: string | Uint8Array): string {
  return typeof value === "string" ? value : new TextDecoder().decode(value);
}

function checkBlocks(name: "key" | "cert" | "ca", text: string): void {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label = ""]) => label);
  const [wanted, what] = name === "key" ? ["PRIVATE KEY", "private key"] : ["CERTIFICATE", "certificate"];
  if (labels.some((label) => label.endsWith(wanted!))) return;
  if (labels.length === 0) {
    throw new TypeError(
      `Cannot use tls.${name}: it is not PEM; give the content of the file, or its path as ${name}File`,
    );
  }
  throw new TypeError(`Cannot use tls.${name}: it has no ${what}, but ${labels[0]}`);
}

function checkPair({ key, cert }: TlsOptions): void {
  try {
    createSecureContext({ key: pemText(key), cert: pemText(cert) });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const reason = code.includes("KEY_VALUES_MISMATCH")
      ? "key is not the key of cert; give those of one pair"
      : `key and cert cannot be read: ${message}`;
    throw Object.assign(new TypeError(`Cannot use tls: ${reason}`, { cause }), { code });
  }
}
