/** Why a connection ended before its client spoke HTTP/2. */
export type FailureCause = keyof typeof TEXTS;

/** What has happened, and what to do about it. The names of options are those of Envoy and of `listen()`. */
const TEXTS = {
  "not-http2": "it does not speak HTTP/2 in plaintext. If it speaks HTTP/1.1, as an Envoy does by default, set " +
    "http2_protocol_options in typed_extension_protocol_options of its xDS cluster; if it speaks TLS, give listen() tls, " +
    "or take the transport_socket from that cluster",
  "plaintext": "it speaks plaintext to a port with TLS. Give its xDS cluster a transport_socket with an " +
    "UpstreamTlsContext, or a gRPC client TLS credentials",
  "no-alpn": "it speaks TLS but does not offer HTTP/2 (ALPN h2). Set http2_protocol_options in " +
    "typed_extension_protocol_options of its xDS cluster",
  "no-certificate": "it has no certificate, and this port requires one by an authority of ca. Give its " +
    "UpstreamTlsContext tls_certificates",
  "untrusted-server":
    "it does not trust the certificate of this server. Its trusted_ca has to be the authority of cert, " +
    "and the names in cert have to match what it expects",
  "untrusted-client":
    "the TLS handshake did not end well: its certificate is not by an authority of ca, or it does not " +
    "trust the certificate of this server, or it speaks plaintext. Compare its tls_certificates with ca, and its " +
    "trusted_ca with the authority of cert",
  "handshake": "the TLS handshake did not end well: it does not trust the certificate of this server, or it speaks " +
    "plaintext. Its trusted_ca has to be the authority of cert, and the names in cert have to match what it expects",
  "old-tls": "it does not offer TLS 1.2 or newer",
  "timeout": "it did not speak HTTP/2 within handshakeTimeoutMs",
} as const;

/** The text of a cause. */
export function textOf(cause: FailureCause): string {
  return TEXTS[cause];
}

/** The cause of an error of a TLS handshake, or of an HTTP/2 session; undefined where the error says nothing. */
export function causeOf({ code = "" }: { readonly code?: string | undefined }): FailureCause | undefined {
  return CAUSES.find(([pattern]) => pattern.test(code))?.[1];
}

const CAUSES: readonly (readonly [code: RegExp, cause: FailureCause])[] = [
  [/^ERR_HTTP2_ERROR$/, "not-http2"],
  [/HTTP_REQUEST|WRONG_VERSION_NUMBER/, "plaintext"],
  [/NO_APPLICATION_PROTOCOL/, "no-alpn"],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, "no-certificate"],
  [/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_)/, "untrusted-server"],
  [/UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE/, "old-tls"],
];
