import type { Decisions } from "./decisions.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import type { StreamCallbacks, StreamInfo } from "./stream-callbacks.ts";
import type { TypeStream } from "./type-stream.ts";

/** The parts of a stream that follow what a client acknowledges. */
export interface AcknowledgeContext {
  readonly callbacks: StreamCallbacks;
  readonly sequencer: AdsSequencer<TypeStream>;
  readonly decisions: Decisions;
  readonly stream: { readonly info: StreamInfo };
}

/** Applies what a request says of the response in flight of its type. */
export function acknowledge(
  type: TypeStream,
  request: DiscoveryRequest,
  { callbacks, sequencer, decisions, stream }: AcknowledgeContext,
): void {
  const acknowledgement = type.acknowledge(request);
  if (acknowledgement === undefined) return decisions.unacknowledged(type, request);
  const { outcome, response } = acknowledgement;
  const { typeUrl, version, nonce, serial } = response;
  decisions.acknowledged(response, request);
  if (outcome === "ack") {
    sequencer.acked(type);
    callbacks.onAck?.(stream.info, { typeUrl, version, nonce, response });
  } else {
    sequencer.nacked(type, serial);
    callbacks.onNack?.(stream.info, { typeUrl, version, nonce, response, ...request.error! });
  }
}
