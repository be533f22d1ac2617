import type { Decisions } from "./decisions.ts";
import type { OutgoingResponse } from "./response.ts";
import type { AdsSequencer } from "./sequencing/ads-sequencer.ts";
import { missingReferences } from "./sequencing/missing-references.ts";
import type { TypeStream } from "./type-stream.ts";
import type { StreamContext, TypeUpdate } from "./type-update.ts";
import { oldestOf } from "./withheld-removals.ts";

/** The next update of each type of a stream, unless a gate is closed, and the time at which one opens. */
export class Updates {
  context: StreamContext;
  readonly #sequencer: AdsSequencer<TypeStream>;
  readonly #decisions: Decisions;
  #dueAt: number | undefined = undefined;

  constructor(sequencer: AdsSequencer<TypeStream>, decisions: Decisions, context: StreamContext) {
    this.#sequencer = sequencer;
    this.#decisions = decisions;
    this.context = context;
  }

  /** The earliest time that {@link wakeAt} was given since {@link expire}. */
  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  /** Opens the gates whose time has come, and begins to note times again. */
  expire(now: number): void {
    this.#dueAt = undefined;
    this.#sequencer.expire(now);
  }

  wakeAt(time: number): void {
    if (time !== Infinity && (this.#dueAt === undefined || time < this.#dueAt)) this.#dueAt = time;
  }

  /** The update of a type that is pending. */
  update(type: TypeStream, now: number): TypeUpdate | undefined {
    const blocker = this.#sequencer.updateGate(type);
    if (blocker === undefined) return this.#read(type, now);
    if (this.#sequencer.block(type.typeUrl, now)) this.#decisions.blocked(type, blocker);
    this.wakeAt(this.#sequencer.dueAt);
    return undefined;
  }

  /** The withheld removals of a type without an update. */
  removals(type: TypeStream, now: number): TypeUpdate | undefined {
    const opensAt = this.#sequencer.removalGate(type).opensAt(oldestOf(type.client.withheld)!);
    if (opensAt <= now) return this.#read(type, now);
    this.wakeAt(Math.min(opensAt, this.#sequencer.dueAt));
    return undefined;
  }

  /** The heartbeat of a type, if it is due. */
  heartbeat(type: TypeStream, now: number): OutgoingResponse | undefined {
    const dueAt = type.heartbeatAt!;
    if (now < dueAt) {
      this.wakeAt(dueAt);
      return undefined;
    }
    const response = type.heartbeat(now, this.context);
    if (response !== undefined) this.#decisions.heartbeat(response);
    return response;
  }

  #read(type: TypeStream, now: number): TypeUpdate | undefined {
    const gate = this.#sequencer.removalGate(type);
    const pinned = this.#sequencer.pinned(type.typeUrl);
    const before = type.client.withheld;
    const findMissing = missingReferences(type.type, this.#sequencer.byUrl);
    const update = type.update({ now, gate, pinned, findMissing, context: this.context });
    this.#decisions.withheld(type, { before, gate });
    if (this.#sequencer.synced(type)) this.#decisions.released(type);
    return update;
  }
}
