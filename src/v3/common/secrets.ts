import {
  CertificateValidationContextSchema,
  TlsCertificateSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { SecretSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { type MessageInitShape, type Resource, resource } from "../../resource/mod.ts";
import { withDurations } from "./fields.ts";
import type { TlsCertificateFields, ValidationFields } from "./message-fields.ts";
import { type Pem, pemSource } from "./pem.ts";
import type { ResourcePart } from "./resource-part.ts";

/** A certificate with its key. */
export interface CertificateAndKey extends TlsCertificateFields {
  /** The certificate and those between it and the root, as PEM: the content, not a path. */
  readonly certificate: Pem;
  /** Its private key, as PEM: the content, not a path. */
  readonly key: Pem;
}

/** Options of {@link tlsCertificate}: the certificate, its key, and any other field of `TlsCertificate`. */
export interface TlsCertificateOptions extends CertificateAndKey, ResourcePart {}

/**
 * Makes a secret of a certificate and its key, served by SDS. TLS contexts refer to it by its name.
 *
 * @param name - the name of the secret
 * @param options - the certificate and its key
 * @throws TypeError if one of them is not PEM; the error does not quote it
 *
 * @example
 * ```ts
 * tlsCertificate("web", { certificate: await readFile("web.crt"), key: await readFile("web.key") });
 * ```
 */
export function tlsCertificate(name: string, { resource: options, ...certificate }: TlsCertificateOptions): Resource {
  const value = certificateInit(certificate, ` of secret "${name}"`);
  return resource(SecretSchema, { name, type: { case: "tlsCertificate", value } }, options);
}

/** Options of {@link trustedCa}: any other field of `CertificateValidationContext`. */
export interface TrustedCaOptions extends ValidationFields, ResourcePart {}

/**
 * Makes a secret of the certificates that are trusted, served by SDS. TLS contexts refer to it by its name.
 *
 * @param name - the name of the secret
 * @param ca - the certificates of authorities, as PEM: the content, not a path
 * @param options - other fields of the message, such as `crl` or `matchTypedSubjectAltNames`
 * @throws TypeError if it is not PEM
 *
 * @example
 * ```ts
 * trustedCa("backends", await readFile("ca.crt"));
 * ```
 */
export function trustedCa(name: string, ca: Pem, { resource: options, ...fields }: TrustedCaOptions = {}): Resource {
  const value = validationInit(ca, fields, `The CA of secret "${name}"`);
  return resource(SecretSchema, { name, type: { case: "validationContext", value } }, options);
}

/** The fields of a `TlsCertificate`. */
export function certificateInit({ certificate, key, ...fields }: CertificateAndKey, of = "") {
  return {
    ...withDurations(TlsCertificateSchema, fields),
    certificateChain: pemSource(certificate, "CERTIFICATE", `The certificate${of}`),
    privateKey: pemSource(key, "PRIVATE KEY", `The key${of}`),
  };
}

/** The fields of a `CertificateValidationContext`. */
export function validationInit(
  ca: Pem,
  fields: ValidationFields,
  what: string,
): MessageInitShape<typeof CertificateValidationContextSchema> {
  return {
    ...withDurations(CertificateValidationContextSchema, fields),
    trustedCa: pemSource(ca, "CERTIFICATE", what),
  };
}
