import { describe, expect, it } from "vitest";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { SdsSecretConfigSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import {
  type CommonTlsContextSchema,
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { type Resource, Snapshot } from "../../mod.ts";
import { ads, cluster, listener, secret, typedConfig } from "../../src/v3/mod.ts";

type Sds = MessageInitShape<typeof SdsSecretConfigSchema>;
type Tls = MessageInitShape<typeof CommonTlsContextSchema>;

const sds = (name: string): Sds => ({ name, sdsConfig: ads() });
const socket = (commonTlsContext: Tls) => ({
  name: "tls",
  configType: { case: "typedConfig", value: typedConfig(UpstreamTlsContextSchema, { commonTlsContext }) } as const,
});
const tlsCluster = (commonTlsContext: Tls): Resource =>
  cluster({ name: "a", transportSocket: socket(commonTlsContext) });
const trusted = (name: string): Tls => ({
  validationContextType: { case: "validationContextSdsSecretConfig", value: sds(name) },
});

const ROWS: readonly [what: string, resource: Resource, missing: readonly string[]][] = [
  ["a certificate", tlsCluster({ tlsCertificateSdsSecretConfigs: [sds("cert")] }), ["cert"]],
  ["what is trusted", tlsCluster(trusted("ca")), ["ca"]],
  [
    "what is trusted, beside other conditions",
    tlsCluster({
      validationContextType: {
        case: "combinedValidationContext",
        value: { defaultValidationContext: {}, validationContextSdsSecretConfig: sds("ca") },
      },
    }),
    ["ca"],
  ],
  [
    "that of some endpoints of a cluster",
    cluster({ name: "a", transportSocketMatches: [{ name: "m", transportSocket: socket(trusted("ca")) }] }),
    ["ca"],
  ],
  [
    "a certificate and the keys of tickets of a listener",
    listener({
      name: "l",
      filterChains: [{
        transportSocket: {
          name: "tls",
          configType: {
            case: "typedConfig",
            value: typedConfig(DownstreamTlsContextSchema, {
              commonTlsContext: { tlsCertificateSdsSecretConfigs: [sds("cert")] },
              sessionTicketKeysType: { case: "sessionTicketKeysSdsSecretConfig", value: sds("tickets") },
            }),
          },
        },
      }],
    }),
    ["cert", "tickets"],
  ],
  [
    "nothing, where the secret is of the bootstrap",
    tlsCluster({ tlsCertificateSdsSecretConfigs: [{ name: "b" }] }),
    [],
  ],
  [
    "nothing, where the secret is from a file",
    tlsCluster({
      tlsCertificateSdsSecretConfigs: [{
        name: "f",
        sdsConfig: { configSourceSpecifier: { case: "pathConfigSource", value: { path: "/etc/tls.yaml" } } },
      }],
    }),
    [],
  ],
];

describe("Snapshot.check() of secrets", () => {
  it.each(ROWS)("names %s", (_, resource, missing) => {
    const found = new Snapshot({ resources: [resource] }).check().map(({ message }) => message);
    const type = resource.typeUrl.split(".").at(-1);
    expect(found).toEqual(
      missing.map((name) => `${type} "${resource.name}" refers to Secret "${name}", which is not in the snapshot`),
    );
    const secrets = missing.map((name) => secret({ name }));
    expect(new Snapshot({ resources: [resource, ...secrets] }).check()).toEqual([]);
  });
});
