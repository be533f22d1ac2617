import { create, toBinary } from "@bufbuild/protobuf";
import type { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { MessageInitShape } from "../resource/mod.ts";
import type { Variant } from "../stream/mod.ts";

// The public names are aliases of these, since the linter of docs would have the generated types exported otherwise.
type SotwRequest = MessageInitShape<typeof DiscoveryRequestSchema>;
type DeltaRequest = MessageInitShape<typeof DeltaDiscoveryRequestSchema>;
type Request = SotwRequest | DeltaRequest | Uint8Array;
type Node = MessageInitShape<typeof NodeSchema>;

/**
 * A request in full, also one that a well-behaved client would not send: fields of an
 * `envoy.service.discovery.v3.DiscoveryRequest` or `DeltaDiscoveryRequest`, or bytes.
 */
export type FakeRequest = Request;

/** An `envoy.config.core.v3.Node`, or fields of it. */
export type NodeInit = Node;

/** The bytes of a request of a variant. @param fields - of the variant's message */
export function encodeRequest(variant: Variant, fields: SotwRequest | DeltaRequest): Uint8Array {
  return variant === "sotw"
    ? toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, fields as SotwRequest))
    : toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, fields as DeltaRequest));
}
