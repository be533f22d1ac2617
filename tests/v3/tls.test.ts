import { describe, expect, it } from "vitest";
import {
  ads,
  downstreamTls,
  grpcSource,
  tlsCertificate,
  TlsProtocol,
  trustedCa,
  upstreamTls,
} from "../../src/v3/mod.ts";
import { jsonOf, jsonOfMessage } from "./json-of.ts";

// Only the frame of PEM is looked at here; what is inside, Envoy checks, and `ts-control-plane/validate`.
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const KEY = "-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n";
const PAIR = { certificate: CERTIFICATE, key: KEY };

const ADS = { ads: {}, resourceApiVersion: "V3" };

describe("secrets", () => {
  it("are a certificate with its key, as a text or as bytes of a file", () => {
    const expected = {
      name: "web",
      tlsCertificate: { certificateChain: { inlineString: CERTIFICATE }, privateKey: { inlineString: KEY } },
    };
    expect(jsonOf(tlsCertificate("web", PAIR))).toEqual(expected);
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(jsonOf(tlsCertificate("web", { certificate: bytes(CERTIFICATE), key: bytes(KEY) }))).toEqual(expected);
  });

  it("are authorities, with other checks", () => {
    const ca = trustedCa("ca", CERTIFICATE, { maxVerifyDepth: 2, resource: { version: "7" } });
    expect(jsonOf(ca)).toEqual({
      name: "ca",
      validationContext: { trustedCa: { inlineString: CERTIFICATE }, maxVerifyDepth: 2 },
    });
    expect(ca.version).toBe("7");
  });

  it.each<[string, () => unknown, string]>([
    [
      "a path of a certificate",
      () => tlsCertificate("web", { certificate: "/etc/web.crt", key: KEY }),
      'The certificate of secret "web" is not PEM; give the content, not a path',
    ],
    [
      "a path of a key",
      () => tlsCertificate("web", { certificate: CERTIFICATE, key: "web.key" }),
      'The key of secret "web" is not PEM; give the content, not a path',
    ],
    [
      "a path of a CA",
      () => trustedCa("ca", "ca.pem"),
      'The CA of secret "ca" is not PEM; give the content, not a path',
    ],
    [
      "a key in the place of the certificate",
      () => tlsCertificate("web", { certificate: KEY, key: KEY }),
      'The certificate of secret "web" has no block "-----BEGIN CERTIFICATE-----"; it is PEM of something else',
    ],
    [
      "a certificate in the place of the key",
      () => tlsCertificate("web", { certificate: CERTIFICATE, key: CERTIFICATE }),
      'The key of secret "web" has no block "-----BEGIN PRIVATE KEY-----"; it is PEM of something else',
    ],
    [
      "a path inside of a context",
      () => downstreamTls({ certificate: { ...PAIR, key: "/etc/web.key" } }),
      "The key is not PEM; give the content, not a path",
    ],
    [
      "an empty name",
      () => upstreamTls({ ca: "" }),
      "Cannot use a text as a certificate: it is neither the name of a secret nor PEM",
    ],
    [
      "base64 of a certificate",
      () => upstreamTls({ ca: "MIIB\nMIIB" }),
      "Cannot use a text as a certificate: it is neither the name of a secret nor PEM",
    ],
  ])("%s is an error that says what to give, and quotes none of it", (_, make, message) => {
    expect(make).toThrow(new TypeError(message));
  });
});

describe("downstreamTls", () => {
  it("has its certificate from SDS over ADS, or from elsewhere, or inside", () => {
    expect(contextOf(downstreamTls({ certificate: "web" }))).toEqual({
      commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "web", sdsConfig: ADS }] },
    });
    const source = grpcSource({ cluster: "sds" });
    const elsewhere = contextOf(downstreamTls({ certificate: "web", source })).commonTlsContext;
    expect(elsewhere.tlsCertificateSdsSecretConfigs[0].sdsConfig.apiConfigSource.apiType).toBe("DELTA_GRPC");
    const inside = contextOf(downstreamTls({ certificate: PAIR })).commonTlsContext;
    expect(inside.tlsCertificates[0].privateKey).toEqual({ inlineString: KEY });
  });

  it("requires certificates of clients where it has an authority for them", () => {
    expect(contextOf(downstreamTls({ certificate: "web", clientCa: "clients" }))).toEqual({
      requireClientCertificate: true,
      commonTlsContext: {
        tlsCertificateSdsSecretConfigs: [{ name: "web", sdsConfig: ADS }],
        validationContextSdsSecretConfig: { name: "clients", sdsConfig: ADS },
      },
    });
  });

  it("takes every other field of both messages", () => {
    const context = contextOf(downstreamTls({
      certificate: "web",
      alpn: ["h2"],
      sessionTimeout: "1h",
      common: { tlsParams: { tlsMinimumProtocolVersion: TlsProtocol.TLSv1_3 } },
    }));
    expect(context).toMatchObject({
      sessionTimeout: "3600s",
      commonTlsContext: { alpnProtocols: ["h2"], tlsParams: { tlsMinimumProtocolVersion: "TLSv1_3" } },
    });
  });
});

describe("upstreamTls", () => {
  it("checks the name that it sends", () => {
    expect(contextOf(upstreamTls({ ca: "ca", sni: "a.test" }))).toEqual({
      sni: "a.test",
      autoSniSanValidation: true,
      commonTlsContext: { validationContextSdsSecretConfig: { name: "ca", sdsConfig: ADS } },
    });
    expect(contextOf(upstreamTls({ ca: CERTIFICATE })).commonTlsContext.validationContext).toEqual({
      trustedCa: { inlineString: CERTIFICATE },
    });
  });

  it("checks nothing where that is said", () => {
    expect(contextOf(upstreamTls({ ca: false, sni: "a.test" }))).toEqual({ sni: "a.test", commonTlsContext: {} });
  });

  it("has checks beside a secret and beside PEM, and a certificate of its own", () => {
    const validation = { onlyVerifyLeafCertCrl: true };
    const bySecret = contextOf(upstreamTls({ ca: "ca", validation, certificate: "client" })).commonTlsContext;
    expect(bySecret).toEqual({
      tlsCertificateSdsSecretConfigs: [{ name: "client", sdsConfig: ADS }],
      combinedValidationContext: {
        defaultValidationContext: validation,
        validationContextSdsSecretConfig: { name: "ca", sdsConfig: ADS },
      },
    });
    const byPem = contextOf(upstreamTls({ ca: CERTIFICATE, validation })).commonTlsContext;
    expect(byPem.validationContext).toEqual({ trustedCa: { inlineString: CERTIFICATE }, ...validation });
  });

  it("has ADS as its source, as others", () => {
    expect(jsonOfMessage(ads())).toEqual(ADS);
  });
});

function contextOf(socket: ReturnType<typeof downstreamTls>) {
  const { name, typedConfig: { "@type": _, ...context } } = jsonOfMessage(socket);
  expect(name).toBe("envoy.transport_sockets.tls");
  return context;
}
