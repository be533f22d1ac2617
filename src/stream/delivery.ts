import type { View } from "../cache/mod.ts";
import type { ResourceType } from "../resource/mod.ts";
import type { ClientNames } from "./client-names.ts";
import type { ClientState } from "./client-state.ts";
import type { Exchange } from "./exchange.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Isolation } from "./isolation/isolation.ts";
import type { Screened } from "./isolation/isolation-types.ts";
import { withoutExcluded } from "./isolation/screened-view.ts";
import { type ResponseTarget, writeResponse } from "./response-writer.ts";
import type { OutgoingResponse } from "./response.ts";
import type { Subscription } from "./subscription.ts";
import type { StreamContext, TypeUpdate, UpdateInput } from "./type-update.ts";
import type { TypeVariant } from "./variants/variant.ts";
import type { WatchedView } from "./watched-view.ts";

/** The type that responses are made for. */
export interface DeliveredType {
  readonly typeUrl: string;
  readonly type: ResourceType | undefined;
  readonly subscription: Subscription;
  readonly client: ClientState;
  readonly exchange: Exchange;
  readonly watched: WatchedView;
  readonly isolation: Isolation | undefined;
  matches(name: string): boolean;
}

/** Makes the responses of one type on one stream: updates, and heartbeats. */
export class Delivery {
  readonly heartbeat = new Heartbeat();
  readonly #type: DeliveredType;
  readonly #variant: TypeVariant;
  readonly #names: ClientNames;

  constructor(type: DeliveredType, variant: TypeVariant, names: ClientNames) {
    this.#type = type;
    this.#variant = variant;
    this.#names = names;
  }

  /** Brings the client in sync with the view, with a response or without one. */
  update(input: UpdateInput): TypeUpdate | undefined {
    const { now, gate, context } = input;
    const { subscription, client, watched, isolation } = this.#type;
    if (watched.hasChanged) isolation?.letChangesPass(watched.view!);
    const screened = this.#screen(input);
    const { revision } = watched.view!; // a view of the user's own may change while it is read
    if (screened.screen && !this.#variant.fullState) dropRepublished(client, watched.view!);
    const pinned = screened.screen ? withoutExcluded(input.pinned, screened.screen) : input.pinned;
    const diff = this.#variant.diff({ view: screened.view, subscription, client, pinned, gate, now });
    const response = diff.response && writeResponse(diff.response, this.#target(screened, context));
    const changed = response && (diff.changed?.() ?? response.resources);
    client.commit({ revision }, diff, response);
    if (context.ttl) this.heartbeat.note(diff.heldTtlMs);
    if (watched.view!.revision === revision) watched.synced();
    if (response !== undefined) this.#sent(response, now);
    isolation?.synced(watched.view!, response !== undefined);
    // A part of a rejected response follows at once where the changes needed no response.
    if (response === undefined && isolation?.trial.size) return this.update(input);
    this.heartbeat.schedule(now);
    return response && { response, changed: changed! };
  }

  /** A heartbeat; undefined if no resource has a ttl any more. */
  nextHeartbeat(now: number, context: StreamContext): OutgoingResponse | undefined {
    const screened = this.#screen({ now });
    const { type, subscription, client } = this.#type;
    const hasContent = this.heartbeat.hasContent || type?.emptyMeansUnknown === true;
    const content = this.#variant.heartbeat({ view: screened.view, subscription, client, hasContent });
    const response = content && writeResponse(content, this.#target(screened, context), content.isEmpty);
    if (response !== undefined) this.#sent(response, now);
    this.heartbeat.restart(now, response?.ttlMs);
    return response;
  }

  #sent(response: OutgoingResponse, now: number): void {
    const { exchange, client } = this.#type;
    exchange.sent(response, now);
    this.heartbeat.note(response.ttlMs);
    if (this.#variant.fullState) client.commitFullState(response.resources);
  }

  #screen({ now, findMissing }: Pick<UpdateInput, "now" | "findMissing">): Screened {
    const { client, watched, isolation } = this.#type;
    const view = watched.view!;
    if (isolation === undefined || (findMissing === undefined && !isolation.isScreening(view))) {
      return { view, shareKey: "" };
    }
    const isDue = (name: string) => this.#type.matches(name) && !client.isInSyncWith(name, view);
    return isolation.screen(view, { now, isDue, findMissing });
  }

  #target({ shareKey }: Screened, { responses, ttl }: StreamContext): ResponseTarget {
    const { typeUrl, exchange: { lastSerial }, watched } = this.#type;
    const { protocol } = this.#variant;
    const names = this.#names;
    return { responses, ttl, typeUrl, view: watched.view!, names, protocol, screenKey: shareKey, lastSerial };
  }
}

/** What is published again but left out for the client is no change to it; the client keeps what it has. */
function dropRepublished(client: ClientState, view: View): void {
  for (const name of client.withheld.keys()) if (view.get(name) !== undefined) client.forget(name);
}
