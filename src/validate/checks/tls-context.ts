import { CertificateValidationContextSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { TlsParametersSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import {
  CommonTlsContextSchema,
  DownstreamTlsContextSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { check } from "../check.ts";

/** A server has a certificate. */
export const SERVER_CERTIFICATE = check(DownstreamTlsContextSchema, "tls.server_certificate", (context, at) => {
  const common = context.commonTlsContext;
  if (common === undefined) return at.error({ message: "Must have a common_tls_context with a certificate" });
  const sources = [
    common.tlsCertificates.length > 0,
    common.tlsCertificateSdsSecretConfigs.length > 0,
    common.tlsCertificateProviderInstance !== undefined,
    common.customTlsCertificateSelector !== undefined,
    common.tlsCertificateCertificateProvider !== undefined,
    common.tlsCertificateCertificateProviderInstance !== undefined,
    common.customHandshaker !== undefined,
  ];
  if (sources.includes(true)) return;
  at.error({ path: "common_tls_context", message: "Must have a certificate, since the context is that of a server" });
});

/** The certificates of one context come from one place. */
export const CERTIFICATE_SOURCE = check(CommonTlsContextSchema, "tls.certificate_source", (context, at) => {
  if (context.tlsCertificates.length === 0 || context.tlsCertificateSdsSecretConfigs.length === 0) return;
  at.error({
    path: "tls_certificate_sds_secret_configs",
    message: "Must not be there together with tls_certificates",
  });
});

/** The names of protocols have their length in one byte. */
export const ALPN = check(CommonTlsContextSchema, "tls.alpn_protocols", ({ alpnProtocols }, at) => {
  for (const [i, entry] of alpnProtocols.entries()) {
    if (entry.split(",").every((name) => new TextEncoder().encode(name).length <= 255)) continue;
    at.error({ path: `alpn_protocols[${i}]`, message: "Must have at most 255 bytes", value: entry });
  }
});

/** Names in certificates mean something only where certificates are verified. */
export const TRUSTED_CA = check(CertificateValidationContextSchema, "tls.trusted_ca", (context, at) => {
  const { trustedCa, matchTypedSubjectAltNames, caCertificateProviderInstance, systemRootCerts } = context;
  if (matchTypedSubjectAltNames.length === 0 && !context.allowExpiredCertificate) return;
  if ([trustedCa, caCertificateProviderInstance, systemRootCerts, context.customValidatorConfig].some(Boolean)) return;
  // Of a context that is combined of two, the other part may have it.
  if (
    at.around(CombinedSchema) !== undefined || at.ancestors.length === 2 && at.path.toString() === "validation_context"
  ) return;
  at.error({
    path: matchTypedSubjectAltNames.length > 0 ? "match_typed_subject_alt_names" : "allow_expired_certificate",
    message: "Must not be there without a trusted_ca, without which certificates are not verified",
  });
});

/** The lowest version of TLS is not above the highest. */
export const TLS_VERSIONS = check(TlsParametersSchema, "tls.versions", (parameters, at) => {
  const { tlsMinimumProtocolVersion: least, tlsMaximumProtocolVersion: most } = parameters;
  if (least === 0 || most === 0 || least <= most) return;
  at.warning({ path: "tls_minimum_protocol_version", message: "Must be at most the tls_maximum_protocol_version" });
});

const CombinedSchema = CommonTlsContextSchema.nestedMessages.find(({ name }) => {
  return name === "CombinedCertificateValidationContext";
})!;
