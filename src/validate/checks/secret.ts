import {
  CertificateValidationContextSchema,
  TlsSessionTicketKeysSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { SecretSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { check } from "../check.ts";

/** A secret holds something. */
export const SECRET_TYPE = check(SecretSchema, "secret.type", ({ type }, at) => {
  if (type.case === undefined) {
    at.error({ message: "Must have a certificate, a validation context, keys or a generic secret" });
  }
});

/** Fingerprints of certificates can be read. */
export const FINGERPRINTS = check(CertificateValidationContextSchema, "tls.fingerprint", (context, at) => {
  for (const [i, hash] of context.verifyCertificateHash.entries()) {
    if (/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(hash)) continue;
    const message = "Must be a SHA-256 as 64 hexadecimal digits, with colons between bytes or without";
    at.error({ path: `verify_certificate_hash[${i}]`, message, value: hash });
  }
  for (const [i, hash] of context.verifyCertificateSpki.entries()) {
    if (/^[A-Za-z0-9+/]{43}=$/.test(hash)) continue;
    at.error({
      path: `verify_certificate_spki[${i}]`,
      message: "Must be a SHA-256 in Base64, of 44 characters",
      value: hash,
    });
  }
});

/** The keys of session tickets have a fixed length. */
export const TICKET_KEYS = check(TlsSessionTicketKeysSchema, "tls.session_ticket_keys", ({ keys }, at) => {
  for (const [i, { specifier: { case: is, value } }] of keys.entries()) {
    const bytes = is === "inlineBytes" ? value : is === "inlineString" ? new TextEncoder().encode(value) : undefined;
    if (bytes === undefined || bytes.length === TICKET_KEY_BYTES) continue;
    at.error({ path: `keys[${i}]`, message: `Must have ${TICKET_KEY_BYTES} bytes`, value: `${bytes.length} bytes` });
  }
});

const TICKET_KEY_BYTES = 80;
