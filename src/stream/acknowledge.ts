import type { Resource } from "../resource/mod.ts";
import type { Decisions } from "./decisions.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { RejectionReason } from "./isolation/rejection-reason.ts";
import type { OutgoingResponse } from "./response.ts";
import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import type { RejectedResource, StreamCallbacks, StreamInfo } from "./stream-callbacks.ts";
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
    sequencer.nacked(type, serial, appliedOf(response, request.error!));
    const { code, message } = request.error!;
    const resources = rejectedIn(response, request.error!);
    callbacks.onNack?.(stream.info, { typeUrl, version, nonce, response, code, message, resources });
  }
}

/** What a client says that it has applied of a response that it rejects. */
function appliedOf({ resources }: OutgoingResponse, reason: RejectionReason): readonly Resource[] {
  if (!reason.isPartial) return [];
  const { certain } = reason.culprits(resources.map(({ name }) => name));
  return resources.filter(({ name }) => !certain.includes(name));
}

function rejectedIn({ resources, removed }: OutgoingResponse, reason: RejectionReason): RejectedResource[] {
  const names = resources.map(({ name }) => name);
  const { certain, likely } = reason.culprits(names);
  if (certain.length > 0 || likely.length > 0 || names.length !== 1 || removed.length > 0) {
    return [
      ...certain.map((name) => ({ name, isCertain: true })),
      ...likely.map((name) => ({ name, isCertain: false })),
    ];
  }
  return [{ name: names[0]!, isCertain: true }];
}
