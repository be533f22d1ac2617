import assert from "node:assert/strict";
import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "../../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE, VIRTUAL_HOST_TYPE } from "../../../src/v3/mod.ts";
import { joined } from "../messages.ts";

/** One variant of the protocol. */
export interface VariantSchemas {
  readonly request: typeof DiscoveryRequestSchema | typeof DeltaDiscoveryRequestSchema;
  readonly response: typeof DiscoveryResponseSchema | typeof DeltaDiscoveryResponseSchema;
}

export const SOTW_SCHEMAS: VariantSchemas = { request: DiscoveryRequestSchema, response: DiscoveryResponseSchema };
export const DELTA_SCHEMAS: VariantSchemas = {
  request: DeltaDiscoveryRequestSchema,
  response: DeltaDiscoveryResponseSchema,
};

/** The statuses with which a stream may end because of what its client has sent. */
export const CLIENT_STATUSES: ReadonlySet<string> = new Set(["0", "3", "7", "8", "12", "16"]);

/** What an ACK has in place of the nonce, which the server chooses. */
export const ANY_NONCE = "$NONCE";

/** Replaces {@link ANY_NONCE} by the nonce of the last response of the type. */
export function withNonce(
  message: Uint8Array,
  { request }: VariantSchemas,
  nonces: ReadonlyMap<string, string>,
): Uint8Array {
  if (Buffer.from(message).indexOf(ANY_NONCE) < 0) return message;
  try {
    const decoded = fromBinary<DescMessage>(request, message) as unknown as { responseNonce: string; typeUrl: string };
    if (decoded.responseNonce !== ANY_NONCE) return message;
    decoded.responseNonce = nonces.get(decoded.typeUrl) ?? "";
    return toBinary<DescMessage>(request, decoded as never);
  } catch {
    return message;
  }
}

/** Reads the responses: each is whole, and has a type and a nonce. */
export function readResponses(
  responses: Uint8Array[],
  { response }: VariantSchemas,
  nonces: Map<string, string>,
): void {
  for (const bytes of responses.splice(0)) {
    const { typeUrl, nonce } = fromBinary<DescMessage>(response, bytes) as unknown as {
      typeUrl: string;
      nonce: string;
    };
    assert.notEqual(nonce, "");
    nonces.set(typeUrl, nonce);
  }
}

const node = { id: "a", cluster: "c", metadata: { role: "edge", list: [1, true, null] } };
const TYPES = [CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE];

function sotw(...requests: MessageInitShape<typeof DiscoveryRequestSchema>[]): Uint8Array {
  return joined(requests.map((each) => toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, each))));
}

function delta(...requests: MessageInitShape<typeof DeltaDiscoveryRequestSchema>[]): Uint8Array {
  return joined(
    requests.map((each) => toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, each))),
  );
}

const rejected = { code: 3, message: "bad", details: [{ typeUrl: "a/b", value: Uint8Array.of(1, 2) }] };

/** Conversations in SotW. */
export const SOTW_SEEDS: readonly Uint8Array[] = [
  sotw(...TYPES.map((typeUrl) => ({ typeUrl, node })), {
    typeUrl: CLUSTER_TYPE,
    responseNonce: ANY_NONCE,
    versionInfo: "1",
  }),
  sotw({ typeUrl: CLUSTER_TYPE, node, resourceNames: ["x", "*", "missing"] }, {
    typeUrl: CLUSTER_TYPE,
    resourceNames: ["y"],
    responseNonce: ANY_NONCE,
    errorDetail: rejected,
  }, { typeUrl: CLUSTER_TYPE, responseNonce: ANY_NONCE }),
  sotw({ typeUrl: ENDPOINT_TYPE, node: { id: "unknown" }, resourceNames: ["xdstp://a/b/c?x=y&a=b#d", "of-a-0"] }, {
    typeUrl: ENDPOINT_TYPE,
    node,
    resourceLocators: [{ name: "of-a-0", dynamicParameters: { k: "v" } }],
  }),
];

/** Conversations in delta. */
export const DELTA_SEEDS: readonly Uint8Array[] = [
  delta(...TYPES.map((typeUrl) => ({ typeUrl, node })), { typeUrl: CLUSTER_TYPE, responseNonce: ANY_NONCE }),
  delta({
    typeUrl: CLUSTER_TYPE,
    node,
    resourceNamesSubscribe: ["x", "*"],
    initialResourceVersions: { x: "1", missing: "2" },
  }, {
    typeUrl: CLUSTER_TYPE,
    resourceNamesUnsubscribe: ["*", "x"],
    resourceNamesSubscribe: ["y"],
    responseNonce: ANY_NONCE,
    errorDetail: rejected,
  }),
  delta({ typeUrl: VIRTUAL_HOST_TYPE, node, resourceNamesSubscribe: ["x/host:80", "x/*"] }, {
    typeUrl: VIRTUAL_HOST_TYPE,
    resourceNamesUnsubscribe: ["x/host:80"],
  }),
  delta({
    typeUrl: ENDPOINT_TYPE,
    node,
    resourceNamesSubscribe: ["xdstp://a/envoy.config.endpoint.v3.ClusterLoadAssignment/*"],
  }),
];

/** Pieces of requests. */
export const WORDS: readonly string[] = [
  ...TYPES,
  VIRTUAL_HOST_TYPE,
  ANY_NONCE,
  `*\x05${ANY_NONCE}`,
  "\x12\x03\x0a\x01a",
  "\x12\x03\x0a\x01b",
  "\x1a\x01*",
  "\x1a\x01x",
  "\x22\x01x",
  "xdstp://a/b/c",
  "*",
  "__proto__",
  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
  "\xed\xa0\x80",
];
