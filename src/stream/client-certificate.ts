/** The certificate of a client, whose authority the transport has verified. */
export interface ClientCertificate {
  /** The subject as text, such as `CN=proxy-1, O=Example`; characters that separate its parts are escaped by `\`. */
  readonly subject: string;
  /** The common name of the subject, if it has exactly one. */
  readonly commonName: string | undefined;
  /** The DNS names among the subject alternative names. */
  readonly dnsNames: readonly string[];
  /** The URIs among the subject alternative names. */
  readonly uris: readonly string[];
  /**
   * The SPIFFE id, such as `spiffe://example.org/ns/default/sa/proxy`; undefined unless the certificate has exactly one
   * URI, and this is a valid id.
   * Source: https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md#2-spiffe-id
   */
  readonly spiffeId: string | undefined;
  /** The SHA-256 fingerprint of the certificate, in pairs of upper-case hexadecimal digits with colons between them. */
  readonly fingerprint: string;
  /** The end of its validity, in milliseconds since 1970. */
  readonly validTo: number;
}
