import type { DiscoveryRequest } from "./request.ts";
import type { ReleaseReason } from "./isolation/isolation-context.ts";
import type { QuarantinedContent } from "./isolation/quarantined-content.ts";
import type { OutgoingResponse } from "./response.ts";
import type { Blocker, RemovalGate } from "./sequencing/gates.ts";
import type { DecisionWord, Trace } from "./trace.ts";
import type { TypeStream } from "./type-stream.ts";
import type { WithheldRemovals } from "./withheld-removals.ts";
import { typeName } from "./type-name.ts";

/** Reports the decisions of one stream to its trace. Without a trace each call returns at once. */
export class Decisions {
  readonly #trace: Trace | undefined;

  constructor(trace: Trace | undefined) {
    this.#trace = trace;
  }

  request({ typeUrl }: TypeStream, { versionInfo, nonce, names, unsubscribe }: DiscoveryRequest): void {
    this.#trace?.({
      word: "REQUEST",
      typeUrl,
      fields: {
        version: versionInfo,
        nonce,
        names: names.length,
        ...unsubscribe.length > 0 && { unsubscribe: unsubscribe.length },
      },
    });
  }

  acknowledged({ typeUrl, version, nonce }: OutgoingResponse, { error }: DiscoveryRequest): void {
    if (error === undefined) this.#trace?.({ word: "ACK", typeUrl, fields: { version, nonce } });
    else this.#trace?.({ word: "NACK", typeUrl, fields: { version, nonce, reason: error.message } });
  }

  /** A request acknowledges no response. A nonce of an earlier response is stale; the last one is just repeated. */
  unacknowledged({ typeUrl, exchange }: TypeStream, { nonce }: DiscoveryRequest): void {
    if (nonce === "" || nonce === exchange.lastNonce) return;
    this.#trace?.({ word: "STALE", typeUrl, fields: { nonce, expected: exchange.lastNonce } });
  }

  sent(response: OutgoingResponse): void {
    this.#response("SEND", response);
  }

  heartbeat(response: OutgoingResponse): void {
    this.#response("HEARTBEAT", response);
  }

  /** The changes of a type wait for another type. */
  blocked({ typeUrl }: TypeStream, { typeUrl: waitsFor, reason }: Blocker): void {
    this.#trace?.({ word: "WITHHOLD", typeUrl, fields: { what: "changes", waitsFor: typeName(waitsFor), reason } });
  }

  /** The changes of a type wait no longer. */
  released({ typeUrl }: TypeStream): void {
    this.#trace?.({ word: "RELEASE", typeUrl, fields: { what: "changes" } });
  }

  /** The withheld removals of a type have changed. */
  withheld(
    { typeUrl, client: { withheld } }: TypeStream,
    { before, gate: { blocker } }: { readonly before: WithheldRemovals; readonly gate: RemovalGate },
  ): void {
    if (this.#trace === undefined || withheld === before) return;
    const added = [...withheld.keys()].filter((name) => !before.has(name)).length;
    const removed = [...before.keys()].filter((name) => !withheld.has(name)).length;
    if (removed > 0) this.#trace({ word: "RELEASE", typeUrl, fields: { what: "removals", removals: removed } });
    if (added === 0 || blocker === undefined) return;
    const fields = { what: "removals", removals: added, waitsFor: typeName(blocker.typeUrl), reason: blocker.reason };
    this.#trace({ word: "WITHHOLD", typeUrl, fields });
  }

  /** The client is not sent a content. */
  quarantined(typeUrl: string, { name, version, by, reason }: QuarantinedContent): void {
    this.#trace?.({ word: "QUARANTINE", typeUrl, fields: { name, version, by, reason } });
  }

  /** The client may be sent a content again. */
  isolationReleased(typeUrl: string, { name, why }: { readonly name: string; readonly why: ReleaseReason }): void {
    this.#trace?.({ word: "RELEASE", typeUrl, fields: { what: "quarantine", name, why } });
  }

  #response(word: DecisionWord, { typeUrl, version, nonce, resources, removed }: OutgoingResponse): void {
    this.#trace?.({
      word,
      typeUrl,
      fields: { version, nonce, resources: resources.length, ...removed.length > 0 && { removed: removed.length } },
    });
  }
}
