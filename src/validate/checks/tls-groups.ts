import { TlsParametersSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { check } from "../check.ts";
import { likelyName } from "../references/spelling.ts";

// Warnings, as of cipher suites, since builds differ in what their TLS library knows.

/** Envoy refuses a list with a curve that its TLS library does not know. */
export const ECDH_CURVES = check(TlsParametersSchema, "tls.ecdh_curves", ({ ecdhCurves }, at) => {
  for (const [i, entry] of ecdhCurves.entries()) {
    const unknown = entry.split(":").find((name) => name !== "" && !CURVES.has(name));
    if (unknown === undefined) continue;
    const likely = likelyName(unknown, CURVES);
    at.warning({
      path: `ecdh_curves[${i}]`,
      message: "Must be a curve that BoringSSL knows",
      value: unknown,
      ...likely !== undefined && { hint: `Did you mean "${likely}"?` },
    });
  }
});

/** The same of algorithms of signatures. */
export const SIGNATURE_ALGORITHMS = check(TlsParametersSchema, "tls.signature_algorithms", (parameters, at) => {
  for (const [i, entry] of parameters.signatureAlgorithms.entries()) {
    const unknown = entry.split(":").find((name) => !ALGORITHMS.has(name) && !COMBINED.test(name));
    if (unknown === undefined) continue;
    const likely = likelyName(unknown, ALGORITHMS);
    at.warning({
      path: `signature_algorithms[${i}]`,
      message: "Must be an algorithm of signatures that BoringSSL knows",
      value: unknown,
      ...likely !== undefined && { hint: `Did you mean "${likely}"?` },
    });
  }
});

/** Each was taken by `envoy --mode validate` of Envoy 1.40. */
const CURVES: ReadonlySet<string> = new Set([
  ...["X25519", "x25519", "P-256", "prime256v1", "P-384", "secp384r1", "P-521", "secp521r1"],
  ...["X25519MLKEM768", "MLKEM1024"],
]);

const ALGORITHMS: ReadonlySet<string> = new Set([
  ...["rsa_pkcs1_sha1", "rsa_pkcs1_sha256", "rsa_pkcs1_sha256_legacy", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512"],
  ...["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
  ...["ecdsa_sha1", "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519"],
]);

/** As in `RSA-PSS+SHA256`. */
const COMBINED = /^(?:(?:RSA|ECDSA)\+SHA1|(?:RSA|RSA-PSS|PSS|ECDSA)\+SHA(?:256|384|512))$/;
