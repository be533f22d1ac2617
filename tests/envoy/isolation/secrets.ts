import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CertificateValidationContextSchema,
  SubjectAltNameMatcher_SanType,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { DownstreamTlsContextSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import type { Resource } from "../../../mod.ts";
import { httpConnectionManager, secret, SECRET_TYPE, typedConfig } from "../../../src/v3/mod.ts";
import { certificates } from "../certificates.ts";
import { edsCluster, endpointAt, toCluster } from "../make.ts";
import { sourceOf } from "../modes.ts";
import { chainListeners } from "./chains.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

type ContextInit = MessageInitShape<typeof CertificateValidationContextSchema>;

/** Secrets: what validates the certificates of clients; their marker is how deep a chain may be. */
export const isolatedSecrets: MakeSubject = async (world) => {
  const [own] = await certificates(1);
  const { cert, key } = own!;
  const of = (name: string, marker: string, init: ContextInit = {}): Resource =>
    secret({
      name,
      type: {
        case: "validationContext",
        value: {
          trustedCa: inline(cert),
          maxVerifyDepth: Number(marker),
          ...init,
        } as ContextInit,
      },
    });
  const chain = (name: string) => ({
    filters: [httpConnectionManager({
      routeSpecifier: {
        case: "routeConfig",
        value: { virtualHosts: [{ name: "all", domains: ["*"], routes: [toCluster("echo")] }] },
      },
    })],
    transportSocket: {
      name: "envoy.transport_sockets.tls",
      configType: {
        case: "typedConfig",
        value: typedConfig(DownstreamTlsContextSchema, {
          commonTlsContext: {
            tlsCertificates: [{ certificateChain: inline(cert), privateKey: inline(key) }],
            validationContextType: {
              case: "validationContextSdsSecretConfig",
              value: { name, sdsConfig: sourceOf(world.mode) },
            },
          },
        }),
      },
    } as const,
  });
  return {
    typeUrl: SECRET_TYPE,
    around: (names) => [
      edsCluster(world.mode, "echo"),
      endpointAt("echo", world.upstreams.a.port),
      ...chainListeners(names, chain),
    ],
    good: (name, marker) => of(name, marker),
    ways: [
      {
        name: "rule of the API",
        bad: (name, marker) => of(name, marker, { maxVerifyDepth: 101 }),
      },
      {
        name: "bad PEM",
        isAckedLater: true,
        bad: (name, marker) => of(name, marker, { trustedCa: inline("garbage") }),
      },
      {
        name: "bad regex",
        isAckedLater: true,
        bad: (name, marker) => of(name, marker, { matchTypedSubjectAltNames: [BAD_REGEX] }),
      },
    ],
    markers: () =>
      markersOf<DynamicSecret>(world, "dynamic_active_secrets", ({ name, secret: { validation_context } }) => {
        return [name, `${validation_context.max_verify_depth}`];
      }),
    url: async () => (await world.url("http")).replace("http:", "https:"),
    ca: cert,
  };
};

interface DynamicSecret {
  readonly name: string;
  readonly secret: {
    readonly validation_context: { readonly max_verify_depth: number };
  };
}

const BAD_REGEX = {
  sanType: SubjectAltNameMatcher_SanType.DNS,
  matcher: { matchPattern: { case: "safeRegex", value: { regex: "(" } } },
} as const;

function inline(value: string) {
  return { specifier: { case: "inlineString", value } } as const;
}
