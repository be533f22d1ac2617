import { any, type Config, type Json } from "./json.ts";
import { mistakes } from "./mistake.ts";

const TLS = "envoy.extensions.transport_sockets.tls.v3";

export const TLS_MISTAKES = mistakes({
  "tls: certificate that is no PEM": ({ secrets }) =>
    certificateOf(secrets).certificate_chain.inline_string = "a certificate",
  "tls: certificate that is cut": ({ secrets }) => cut(certificateOf(secrets).certificate_chain, 0.5),
  "tls: certificate without its last line": ({ secrets }) => {
    const chain = certificateOf(secrets).certificate_chain;
    chain.inline_string = chain.inline_string.replace(/-----END[^]*/, "");
  },
  "tls: certificate with other bytes in Base64": ({ secrets }) =>
    certificateOf(secrets).certificate_chain.inline_string = pem("CERTIFICATE", "hello, this is not a certificate"),
  "tls: certificate with a character that is not of Base64": ({ secrets }) => {
    const chain = certificateOf(secrets).certificate_chain;
    chain.inline_string = chain.inline_string.replace(/\n(.{10})./, "\n$1!");
  },
  "tls: no certificate": ({ secrets }) => delete certificateOf(secrets).certificate_chain,
  "tls: empty certificate": ({ secrets }) => certificateOf(secrets).certificate_chain = {},
  "tls: certificate of an empty string": ({ secrets }) =>
    certificateOf(secrets).certificate_chain = { inline_string: "" },
  "tls: no private key": ({ secrets }) => delete certificateOf(secrets).private_key,
  "tls: private key that is no PEM": ({ secrets }) => certificateOf(secrets).private_key.inline_string = "a key",
  "tls: private key that is cut": ({ secrets }) => {
    const key = certificateOf(secrets).private_key;
    key.inline_string = key.inline_string.replace(/\n(.{32})[^]*\n-----END/, "\n$1\n-----END");
  },
  "tls: certificate and key exchanged": ({ secrets }) => {
    const certificate = certificateOf(secrets);
    [certificate.certificate_chain, certificate.private_key] = [certificate.private_key, certificate.certificate_chain];
  },
  "tls: key of another certificate": ({ secrets }, [, other]) =>
    certificateOf(secrets).private_key.inline_string = other!.key,
  "tls: trusted CA that is no PEM": ({ secrets }) => validationOf(secrets).trusted_ca.inline_string = "ca",
  "tls: trusted CA that is a key": ({ secrets }, [server]) =>
    validationOf(secrets).trusted_ca.inline_string = server!.key,
  "tls: names of certificates without a trusted CA": ({ clusters }) =>
    clientOf(clusters).common_tls_context = {
      validation_context: { match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: "a" } }] },
    },
  "tls: server without a certificate": ({ listeners }) =>
    delete serverOf(listeners).common_tls_context.tls_certificate_sds_secret_configs,
  "tls: server without a context": ({ listeners }) => delete serverOf(listeners).common_tls_context,
  "tls: certificates inline and by SDS": ({ listeners, secrets }) =>
    serverOf(listeners).common_tls_context.tls_certificates = [certificateOf(secrets)],
  "tls: lowest version above the highest": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_params = {
      tls_minimum_protocol_version: "TLSv1_3",
      tls_maximum_protocol_version: "TLSv1_2",
    },
  "tls: cipher suite that is unknown": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_params.cipher_suites = ["NOT-A-CIPHER"],
  "tls: curve that is unknown": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_params.ecdh_curves = ["X25520"],
  "tls: algorithm of signatures that is unknown": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_params.signature_algorithms = ["rsa_pkcs1_sha265"],
  "tls: name of a protocol that is too long": ({ listeners }) =>
    serverOf(listeners).common_tls_context.alpn_protocols = ["h".repeat(256)],
  "tls: key of session tickets that is too short": ({ listeners }) =>
    serverOf(listeners).session_ticket_keys = { keys: [{ inline_string: "short" }] },
  "tls: context of a client in a listener": ({ listeners }) =>
    listeners["edge"].filter_chains[0].transport_socket.typed_config = any(`${TLS}.UpstreamTlsContext`, { sni: "a" }),
  "tls: context of a server in a cluster": ({ clusters }) =>
    clusters["auth"].transport_socket.typed_config = any(`${TLS}.DownstreamTlsContext`, { common_tls_context: {} }),
  "tls: fingerprint that is too short": ({ secrets }) => validationOf(secrets).verify_certificate_hash = ["abcd"],
  "tls: fingerprint that is no hexadecimal number": ({ secrets }) =>
    validationOf(secrets).verify_certificate_hash = ["z".repeat(64)],
  "tls: SPKI that is too short": ({ secrets }) => validationOf(secrets).verify_certificate_spki = ["abcd"],
  "tls: SDS without a source's version": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_certificate_sds_secret_configs[0].sds_config = { ads: {} },
  "tls: SDS without a name": ({ listeners }) =>
    serverOf(listeners).common_tls_context.tls_certificate_sds_secret_configs[0].name = "",
  "tls: secret without a type": ({ secrets }) => delete secrets["server-cert"].tls_certificate,
});

function certificateOf(secrets: Config["secrets"]): Json {
  return secrets["server-cert"].tls_certificate;
}

function validationOf(secrets: Config["secrets"]): Json {
  return secrets["upstream-ca"].validation_context;
}

function serverOf(listeners: Config["listeners"]): Json {
  return listeners["edge"].filter_chains[0].transport_socket.typed_config;
}

function clientOf(clusters: Config["clusters"]): Json {
  return clusters["auth"].transport_socket.typed_config;
}

function cut(source: Json, share: number): void {
  source.inline_string = source.inline_string.slice(0, source.inline_string.length * share);
}

function pem(label: string, text: string): string {
  return `-----BEGIN ${label}-----\n${btoa(text)}\n-----END ${label}-----\n`;
}
