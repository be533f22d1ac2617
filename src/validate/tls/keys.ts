import { derSequence, type DerValue, derValues, TAG } from "./der.ts";
import type { PemBlock } from "./pem.ts";

/** The public key in a certificate: of RSA its modulus, of elliptic curves the point. Undefined for no certificate. */
export function keyOfCertificate(bytes: Uint8Array): Uint8Array | undefined {
  const [toBeSigned, algorithm, signature] = derSequence(bytes) ?? [];
  if (toBeSigned?.tag !== TAG.sequence || algorithm?.tag !== TAG.sequence || signature?.tag !== TAG.bitString) {
    return undefined;
  }
  const fields = derValues(toBeSigned.content);
  // version, serial number, algorithm, issuer, validity, subject, public key; the first is optional.
  const info = fields?.[fields[0]?.tag === TAG.version ? 6 : 5];
  const [, key] = info?.tag === TAG.sequence ? derValues(info.content) ?? [] : [];
  if (key?.tag !== TAG.bitString) return undefined;
  // A bit string begins with the number of unused bits.
  return pointOrModulus(key.content.subarray(1));
}

/** What is known of a private key. */
export interface PrivateKey {
  /** The same as {@link keyOfCertificate} of its certificate; undefined where the key does not have it. */
  readonly publicKey: Uint8Array | undefined;
}

/** Reads a private key in one of the forms that PEM has; undefined if it cannot be read. */
export function readPrivateKey({ label, bytes }: PemBlock): PrivateKey | undefined {
  const fields = bytes && derSequence(bytes);
  if (fields === undefined) return undefined;
  if (label === "RSA PRIVATE KEY") return rsaKey(fields);
  if (label === "EC PRIVATE KEY") return ecKey(fields);
  // PKCS#8: version, algorithm, the key of RSA or of an elliptic curve; others have a form of their own.
  const [version, algorithm, key] = fields;
  if (version?.tag !== TAG.integer || algorithm?.tag !== TAG.sequence || key?.tag !== TAG.octetString) return undefined;
  const inner = derSequence(key.content);
  if (inner === undefined) return { publicKey: undefined };
  return inner[1]?.tag === TAG.integer ? rsaKey(inner) : ecKey(inner);
}

/** PKCS#1: version, modulus, and seven more. */
function rsaKey(fields: readonly DerValue[]): PrivateKey | undefined {
  if (fields.length < 9 || fields.some(({ tag }) => tag !== TAG.integer)) return undefined;
  return { publicKey: fields[1]!.content };
}

/** SEC1: version, private key, and optionally the curve and the public key. */
function ecKey(fields: readonly DerValue[]): PrivateKey | undefined {
  const [version, key] = fields;
  if (version?.tag !== TAG.integer || key?.tag !== TAG.octetString) return undefined;
  const point = fields.find(({ tag }) => tag === TAG.publicKey);
  const [bits] = point === undefined ? [] : derValues(point.content) ?? [];
  return { publicKey: bits?.content.subarray(1) };
}

function pointOrModulus(key: Uint8Array): Uint8Array {
  const [modulus] = derSequence(key) ?? [];
  return modulus?.tag === TAG.integer ? modulus.content : key;
}
