import { create } from "@bufbuild/protobuf";
import { TransportSocketSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { CertificateValidationContextSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import {
  CommonTlsContextSchema,
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import type { DescMessage, MessageInitShape } from "../../resource/mod.ts";
import { ads } from "../config-source.ts";
import type { ConfigSource, TransportSocket } from "../message-types.ts";
import { typedConfig } from "../typed-config.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { CommonTlsFields, DownstreamTlsFields, UpstreamTlsFields, ValidationFields } from "./message-fields.ts";
import { isPem, type Pem } from "./pem.ts";
import { type CertificateAndKey, certificateInit, validationInit } from "./secrets.ts";

/** What both sides of TLS have. */
export interface TlsOptions {
  /** The protocols to offer in ALPN, the best first, such as `["h2", "http/1.1"]`. Default: see the makers. */
  readonly alpn?: readonly string[];
  /** Where secrets come from that are given by name. Default: ADS. */
  readonly source?: ConfigSource;
  /** Other checks of the peer's certificate. Default: none. */
  readonly validation?: ValidationFields;
  /** Any other field of `CommonTlsContext`, such as `tlsParams`. Default: none. */
  readonly common?: CommonTlsFields;
}

/** Options of {@link downstreamTls}: also any other field of `DownstreamTlsContext`. */
export interface DownstreamTlsOptions extends DownstreamTlsFields, TlsOptions {
  /** The name of a secret with the certificate, as {@link tlsCertificate} makes it, or the certificate itself. */
  readonly certificate: string | CertificateAndKey;
  /**
   * The authorities of clients' certificates, which are required with it: the name of a secret, as {@link trustedCa} makes
   * it, or PEM. Default: clients need no certificate.
   */
  readonly clientCa?: Pem;
}

/**
 * Makes the transport socket of a listener that terminates TLS, for a filter chain; the option `tls` of
 * {@link httpListener} and {@link tcpListener} takes the same options.
 *
 * @throws TypeError if a certificate or a key is not PEM
 *
 * @example
 * ```ts
 * downstreamTls({ certificate: "web", alpn: ["h2", "http/1.1"] });
 * ```
 */
export function downstreamTls(options: DownstreamTlsOptions): TransportSocket {
  const { certificate, clientCa, alpn, source, validation, common, ...fields } = options;
  return tlsSocket(DownstreamTlsContextSchema, {
    ...withDurations(DownstreamTlsContextSchema, fields),
    ...clientCa !== undefined && { requireClientCertificate: true },
    commonTlsContext: commonContext({ alpn, source, validation, common }, certificate, clientCa),
  });
}

/** Options of {@link upstreamTls}: also any other field of `UpstreamTlsContext`. */
export interface UpstreamTlsOptions extends UpstreamTlsFields, TlsOptions {
  /**
   * The authorities of the hosts' certificates: the name of a secret, as {@link trustedCa} makes it, or PEM. `false` for
   * no check at all, so that any machine on the way can pose as a host.
   */
  readonly ca: Pem | false;
  /** The name that the hosts' certificates have, sent as SNI and checked. Default: none is sent or checked. */
  readonly sni?: string;
  /** The client's certificate: the name of a secret, or the certificate itself. Default: none. */
  readonly certificate?: string | CertificateAndKey;
}

/**
 * Makes the transport socket of a cluster that speaks TLS to its hosts, for its field `transportSocket`; the option `tls`
 * of {@link edsCluster} and others takes the same options.
 *
 * With `sni` the certificate must be for that name (`autoSniSanValidation`); Envoy itself would accept any of the CA.
 *
 * @throws TypeError if a certificate or a key is not PEM
 *
 * @example
 * ```ts
 * upstreamTls({ ca: "backends", sni: "echo.internal" });
 * ```
 */
export function upstreamTls(options: UpstreamTlsOptions): TransportSocket {
  const { ca, sni, certificate, alpn, source, validation, common, ...fields } = options;
  return tlsSocket(UpstreamTlsContextSchema, {
    ...sni !== undefined && { sni, autoSniSanValidation: ca !== false },
    ...withDurations(UpstreamTlsContextSchema, fields),
    commonTlsContext: commonContext({ alpn, source, validation, common }, certificate, ca === false ? undefined : ca),
  });
}

function tlsSocket<D extends DescMessage>(schema: D, init: MessageInitShape<D>): TransportSocket {
  return create(TransportSocketSchema, {
    name: "envoy.transport_sockets.tls",
    configType: { case: "typedConfig", value: typedConfig(schema, init) },
  });
}

type CommonInit = Fields<typeof CommonTlsContextSchema>;

interface CommonOptions {
  readonly alpn: readonly string[] | undefined;
  readonly source: ConfigSource | undefined;
  readonly validation: ValidationFields | undefined;
  readonly common: CommonTlsFields | undefined;
}

function commonContext(
  { alpn, source = ads(), validation = {}, common = {} }: CommonOptions,
  certificate: string | CertificateAndKey | undefined,
  ca: Pem | undefined,
): MessageInitShape<typeof CommonTlsContextSchema> {
  const init: CommonInit = { ...common };
  if (alpn !== undefined) init.alpnProtocols = [...alpn];
  if (typeof certificate === "string") {
    init.tlsCertificateSdsSecretConfigs = [{ name: secretName(certificate), sdsConfig: source }];
  } else if (certificate !== undefined) {
    init.tlsCertificates = [certificateInit(certificate)];
  }
  const validationContextType = validationOf(ca, validation, source);
  if (validationContextType !== undefined) init.validationContextType = validationContextType;
  return withDurations(CommonTlsContextSchema, init);
}

/** By name with checks of one's own, by name alone, inline, or none. */
function validationOf(
  ca: Pem | undefined,
  validation: ValidationFields,
  source: ConfigSource,
): CommonInit["validationContextType"] {
  const hasChecks = Object.keys(validation).length > 0;
  if (typeof ca === "string" && !isPem(ca)) {
    const secret = { name: secretName(ca), sdsConfig: source };
    if (!hasChecks) return { case: "validationContextSdsSecretConfig", value: secret };
    const checks = withDurations(CertificateValidationContextSchema, validation);
    return {
      case: "combinedValidationContext",
      value: { defaultValidationContext: checks, validationContextSdsSecretConfig: secret },
    };
  }
  if (ca !== undefined) return { case: "validationContext", value: validationInit(ca, validation, "The CA") };
  if (!hasChecks) return undefined;
  return { case: "validationContext", value: withDurations(CertificateValidationContextSchema, validation) };
}

/** The name of a secret is one line; anything else is a certificate in another format. */
function secretName(name: string): string {
  if (name !== "" && !name.includes("\n")) return name;
  throw new TypeError("Cannot use a text as a certificate: it is neither the name of a secret nor PEM");
}
