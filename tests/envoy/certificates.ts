import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A key and a certificate for 127.0.0.1 that it signed itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** As `tls` calls it. */
  readonly fingerprint256: string;
}

/** Makes certificates, each another. */
export async function certificates(count: number): Promise<Certificate[]> {
  const folder = await mkdtemp(join(tmpdir(), "certificates-"));
  try {
    return await Promise.all(Array.from({ length: count }, (_, i) => selfSigned(folder, `${i}`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function selfSigned(folder: string, name: string): Promise<Certificate> {
  const [keyPath, certPath] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const subject = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await promisify(execFile)("openssl", [...request, ...subject, "-keyout", keyPath, "-out", certPath]);
  const [key, cert] = await Promise.all([readFile(keyPath, "utf8"), readFile(certPath, "utf8")]);
  return { key, cert, fingerprint256: new X509Certificate(cert).fingerprint256 };
}
