import type { DataSource } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import {
  CertificateValidationContextSchema,
  TlsCertificateSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { check } from "../check.ts";
import type { Place } from "../place.ts";
import { keyOfCertificate, readPrivateKey } from "../tls/keys.ts";
import { type PemBlock, pemBlocks } from "../tls/pem.ts";
import { derSequence } from "../tls/der.ts";

// Nothing of what is read here is in a problem, since it is a key, or next to one.

/** A certificate and its key can be read, and belong together. */
export const CERTIFICATE_PEM = check(TlsCertificateSchema, "tls.certificate", (certificate, at) => {
  const { certificateChain, privateKey, privateKeyProvider, pkcs12 } = certificate;
  const chain = inlineBlocks(certificateChain);
  const publicKey = chain && checkCertificates(chain, at, "certificate_chain");
  const key = inlineBlocks(privateKey);
  if (key !== undefined) checkKey(key, publicKey, at);
  if (
    certificateChain !== undefined && privateKey === undefined && privateKeyProvider === undefined &&
    pkcs12 === undefined
  ) {
    at.error({ message: "Must have a private_key, since it has a certificate_chain" });
  }
  if (certificateChain === undefined && pkcs12 === undefined) at.error({ message: "Must have a certificate_chain" });
});

/** The certificates that others are verified with can be read. */
export const TRUSTED_CA_PEM = check(
  CertificateValidationContextSchema,
  "tls.trusted_ca_pem",
  ({ trustedCa, crl }, at) => {
    const blocks = inlineBlocks(trustedCa);
    if (blocks !== undefined) checkCertificates(blocks, at, "trusted_ca");
    const lists = inlineBlocks(crl);
    if (
      lists === undefined || lists.some(({ label, bytes }) => label === "X509 CRL" && bytes && derSequence(bytes))
    ) return;
    at.error({ path: "crl", message: "Must have a PEM block X509 CRL that can be read" });
  },
);

/** @returns the public key of the first certificate, which is that of the server or client itself */
function checkCertificates(blocks: readonly PemBlock[], at: Place, path: string): Uint8Array | undefined {
  const certificates = blocks.filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label));
  if (certificates.length === 0) {
    at.error({ path, message: "Must have a PEM block CERTIFICATE", ...others(blocks) });
    return undefined;
  }
  const keys = certificates.map(({ bytes }) => bytes && keyOfCertificate(bytes));
  const unreadable = keys.indexOf(undefined);
  if (unreadable >= 0) {
    at.error({ path, message: `Must have certificates that can be read; number ${unreadable + 1} cannot` });
  }
  return keys[0];
}

function checkKey(blocks: readonly PemBlock[], publicKey: Uint8Array | undefined, at: Place): void {
  const block = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) {
    return at.error({ path: "private_key", message: "Must have a PEM block PRIVATE KEY", ...others(blocks) });
  }
  // With a password, Envoy can read it.
  if (block.isEncrypted) return;
  const key = readPrivateKey(block);
  if (key === undefined) return at.error({ path: "private_key", message: "Must have a private key that can be read" });
  if (publicKey === undefined || key.publicKey === undefined || areEqual(publicKey, key.publicKey)) return;
  at.error({ path: "private_key", message: "Must be the key of the first certificate of the certificate_chain" });
}

function others(blocks: readonly PemBlock[]): { readonly hint?: string } {
  return blocks.length === 0 ? {} : { hint: `It has ${[...new Set(blocks.map(({ label }) => label))].join(", ")}` };
}

/** The blocks of what is in the configuration itself; undefined if it is elsewhere. */
function inlineBlocks(source: DataSource | undefined): PemBlock[] | undefined {
  const { case: is, value } = source?.specifier ?? {};
  if (is === "inlineString") return pemBlocks(value as string);
  return is === "inlineBytes" ? pemBlocks(new TextDecoder().decode(value as Uint8Array)) : undefined;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
