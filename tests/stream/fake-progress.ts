import type { View } from "../../mod.ts";
import type { ResourceType } from "../../src/resource/mod.ts";
import type { TypeProgress } from "../../src/stream/sequencing/type-progress.ts";
import { rowOf } from "../../src/stream/open-type.ts";
import { v3 } from "../../src/v3/mod.ts";
import { ALL_TYPES, type AnyType } from "../protocol/transcript.ts";
import { make } from "./make.ts";

type State = "in sync" | "pending" | "in flight" | "rejected" | "overdue";

/** The progress of one type, set by a test: its view has some names, of which the client waits for some. */
export class FakeProgress implements TypeProgress {
  readonly typeUrl: string;
  readonly type: ResourceType | undefined;
  readonly subscription = { wildcard: false, names: new Set<string>(["a"]), isEmpty: false };
  readonly watched: { view: View | undefined; hasMoved: boolean; hasChanged: boolean };
  readonly exchange = {
    inFlight: undefined as never,
    blocksOthers: false,
    nack: undefined as { version: string; message: string } | undefined,
    sentAt: 0,
    overdueMarks: 0,
    markOverdue(): void {
      this.blocksOthers = false;
      this.overdueMarks++;
    },
  };
  isolation = undefined;
  get isRejecting(): boolean {
    return this.exchange.nack !== undefined;
  }
  isPending = false;
  isUrgent = false;
  isReturning = false;
  withheldCount = 0;
  deliveryRevision = 0;
  readonly requested: string[] = [];
  readonly #existing: ReadonlySet<string>;
  readonly #undelivered: Set<string>;

  constructor(
    type: AnyType,
    { existing = [], undelivered = [] }: { existing?: string[]; undelivered?: string[] } = {},
  ) {
    this.typeUrl = ALL_TYPES[type];
    this.type = rowOf(this.typeUrl, v3);
    this.#existing = new Set([...existing, ...undelivered]);
    this.#undelivered = new Set(undelivered);
    const get = (name: string) => this.#existing.has(name) ? make("NEW", name, "1") : undefined;
    this.watched = { view: { get, revision: 1 } as View, hasMoved: false, hasChanged: false };
  }

  /** Brings it into a state of README.md. */
  be(state: State): this {
    this.isPending = this.watched.hasChanged = state === "pending";
    this.exchange.inFlight = (state === "in flight" || state === "overdue" ? {} : undefined) as never;
    this.exchange.blocksOthers = state === "in flight";
    this.exchange.nack = state === "rejected" ? { version: "1", message: "no" } : undefined;
    return this;
  }

  /** The client has received names that it waited for. */
  deliver(...names: string[]): void {
    for (const name of names) this.#undelivered.delete(name);
    this.deliveryRevision++;
  }

  isDelivered(name: string): boolean {
    return !this.#undelivered.has(name);
  }

  requestAgain(name: string): void {
    this.requested.push(name);
  }
}
