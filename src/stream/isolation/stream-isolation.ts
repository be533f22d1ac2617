import type { Node } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { Decisions } from "../decisions.ts";
import type { AdsSequencer } from "../sequencing/ads-sequencer.ts";
import { missingReferences } from "../sequencing/missing-references.ts";
import type { StreamCallbacks, StreamInfo } from "../stream-callbacks.ts";
import type { TypeStream } from "../type-stream.ts";
import type { FleetContent, FleetMember } from "./fleet-content.ts";
import type { GroupContent } from "./group-content.ts";
import type { IsolationContext, ReleaseReason } from "./isolation-context.ts";
import type { QuarantinedContent } from "./quarantined-content.ts";

/** The stream that a client is isolated on. */
export interface IsolatedStream {
  readonly fleet: FleetContent;
  readonly decisions: Decisions;
  readonly callbacks: StreamCallbacks;
  readonly sequencer: Pick<AdsSequencer<TypeStream>, "types" | "byUrl">;
  readonly info: () => StreamInfo;
  readonly wake: () => void;
}

/** What one stream has to do with what clients reject: it reports what its client is kept from, and knows the others. */
export class StreamIsolation implements IsolationContext, FleetMember {
  readonly fleet: FleetContent;
  readonly #stream: IsolatedStream;
  readonly #events: ((callbacks: StreamCallbacks, info: StreamInfo) => void)[] = [];
  /** Whether anything may wait for a reference, so that most streams never look. */
  #hasWaiting = false;
  #revision = 0;

  constructor(stream: IsolatedStream) {
    this.fleet = stream.fleet;
    this.#stream = stream;
    this.fleet.join(this);
  }

  nodeId = (): string => this.#stream.info().node?.id ?? "";

  kind = (): string => kindOf(this.#stream.info().node);

  quarantined(typeUrl: string, content: QuarantinedContent): void {
    const { name, version, by, reason, instead } = content;
    this.#stream.decisions.quarantined(typeUrl, content);
    if (by === "reference" || instead !== undefined) this.#hasWaiting = true;
    this.#events.push(({ onQuarantine }, info) => {
      onQuarantine?.(info, { typeUrl, name, version, by, reason, instead: instead?.version });
    });
  }

  released(typeUrl: string, { name, version }: QuarantinedContent, why: ReleaseReason): void {
    this.#stream.decisions.isolationReleased(typeUrl, { name, why });
    this.#events.push(({ onRelease }, info) => onRelease?.(info, { typeUrl, name, version, why }));
  }

  /** Calls the callbacks for what has happened: they may call the server, so no state is changing meanwhile. */
  report(): void {
    const { callbacks, info } = this.#stream;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) event(callbacks, info());
  }

  holderOf(group: GroupContent, resource: Resource): string | undefined {
    const type = this.#typeOf(group);
    return type !== undefined && holds(type, resource) ? this.nodeId() : undefined;
  }

  release(group: GroupContent, names: readonly string[]): void {
    this.#typeOf(group)?.isolation?.release(names, "accepted", "others");
    this.#stream.wake();
  }

  /** What the groups of the client say, by type. */
  *groups(): Iterable<readonly [typeUrl: string, group: GroupContent]> {
    for (const { typeUrl, isolation, watched: { view } } of this.#stream.sequencer.types) {
      if (isolation !== undefined && view !== undefined) yield [typeUrl, isolation.groupOf(view)];
    }
  }

  /** Has content of a type tried again. @param names - default: all that the client is kept from */
  retry(typeUrl: string, names: readonly string[] | undefined): void {
    const type = this.#stream.sequencer.byUrl.get(typeUrl);
    const { isolation, watched } = type ?? {};
    if (isolation === undefined || watched?.view === undefined) return;
    const kept = names ?? [...isolation.contents].map(({ name }) => name);
    const group = isolation.groupOf(watched.view);
    for (const name of kept) group.forget(name);
    isolation.release(kept, "operator");
    this.#stream.wake();
  }

  /** Looks again at what waits for a reference, if anything has changed that could end its waiting. */
  recheck(): void {
    if (!this.#hasWaiting) return;
    const types = this.#stream.sequencer.types;
    let revision = 0;
    for (const { isolation } of types) revision += isolation?.revision ?? 0;
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#hasWaiting = types.some(({ isolation }) => isolation?.isHolding);
    for (const { isolation, type, watched: { view } } of types) {
      if (isolation?.isHolding && view !== undefined) {
        isolation.releaseReferences(view, missingReferences(type, this.#stream.sequencer.byUrl));
      }
    }
  }

  leave(): void {
    this.fleet.leave(this);
  }

  #typeOf(group: GroupContent): TypeStream | undefined {
    return this.#stream.sequencer.types.find(({ isolation, watched: { view } }) => {
      return isolation !== undefined && view !== undefined && isolation.groupOf(view) === group;
    });
  }
}

/** Whether the client has ACKed a resource as it is. */
function holds(type: TypeStream, resource: Resource): boolean {
  const { client, exchange, isolation, watched } = type;
  if (exchange.inFlight !== undefined || exchange.nack !== undefined) return false;
  return type.matches(resource.name) && !isolation!.excludes(resource) &&
    client.isInSyncWith(resource.name, watched.view!);
}

/** Clients of another kind, or of another version, may accept what these reject. */
function kindOf(node: Node | undefined): string {
  if (node === undefined) return "";
  const { userAgentName, userAgentVersionType: { case: type, value } } = node;
  if (type === undefined) return userAgentName;
  if (type === "userAgentVersion") return `${userAgentName}/${value}`;
  const { majorNumber, minorNumber, patch } = value.version ?? { majorNumber: 0, minorNumber: 0, patch: 0 };
  return `${userAgentName}/${majorNumber}.${minorNumber}.${patch}`;
}
