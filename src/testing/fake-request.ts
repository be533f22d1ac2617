import type { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { MessageInitShape } from "../resource/mod.ts";

// The public names are aliases of these, since the linter of docs would have the generated types exported otherwise.
type Request =
  | MessageInitShape<typeof DiscoveryRequestSchema>
  | MessageInitShape<typeof DeltaDiscoveryRequestSchema>
  | Uint8Array;
type Node = MessageInitShape<typeof NodeSchema>;

/**
 * A request in full, also one that a well-behaved client would not send: fields of an
 * `envoy.service.discovery.v3.DiscoveryRequest` or `DeltaDiscoveryRequest`, or bytes.
 */
export type FakeRequest = Request;

/** An `envoy.config.core.v3.Node`, or fields of it. */
export type NodeInit = Node;
