import { createHash } from "node:crypto";
import type fc from "fast-check";
import { expect, vi } from "vitest";
import { type Engine, MemoryEngine, ReplicatedCache, SnapshotStore } from "../../../src/store/mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../../src/v3/mod.ts";
import { changeOf, contentOf, History, textOf } from "./history.ts";
import { type Actor, type Key, KEYS, type Publication, type Step } from "./steps.ts";

/** A fault: what actors or the replica do to the engine differs from what they should do. */
export interface Fault {
  readonly ofActors?: (engine: Engine, now: Now) => Partial<Engine>;
  readonly ofReplica?: (engine: Engine) => Partial<Engine>;
}

/** What an actor does at the moment. */
export interface Now {
  step: Step | undefined;
}

/** Several writers and collectors on one engine, whose operations happen in the order of a scheduler, and a replica. */
export interface Interleaving {
  readonly scheduler: fc.Scheduler;
  readonly actors: readonly Actor[];
  readonly maxValueBytes: number;
}

/** Plays an interleaving. @throws if a client was given what it must not, or something is lost */
export async function play({ scheduler, actors, maxValueBytes }: Interleaving, fault: Fault = {}): Promise<void> {
  const engine = new MemoryEngine({ maxValueBytes });
  const histories = new Map(KEYS.map((key) => [key, new History()]));
  const followed = { ...plain(engine), ...fault.ofReplica?.(engine) };
  await using replica = new ReplicatedCache(new SnapshotStore(followed), { retryMs: 1, onError: () => {} });
  const seen = watch(replica);
  const acting = actors.map(async ({ steps, diesAt = Infinity }, i) => {
    const now: Now = { step: undefined };
    const scheduled = new ScheduledEngine(engine, { scheduler, diesAt, label: `actor ${i}`, now, histories });
    await act({ ...plain(scheduled), ...fault.ofActors?.(scheduled, now) }, { steps, now, histories });
  });
  await inTurns(scheduler, Promise.all(acting));
  // Whoever is dead is fenced off; what is left must do.
  await new SnapshotStore(engine).collect({ now: () => Date.now() + 3_600_000 });
  await replica.ready;
  for (const key of KEYS) {
    const { snapshot } = await new SnapshotStore(engine).get(key);
    await until(() => textOf(replica.getSnapshot(key)) === textOf(snapshot));
    histories.get(key)!.check(snapshot, seen.get(key)!);
  }
}

/** Hashes are made at once. In another thread their time would decide which operations can be next. */
export function hashAtOnce(): void {
  vi.spyOn(crypto.subtle, "digest").mockImplementation((_, data) => {
    return Promise.resolve(new Uint8Array(createHash("sha256").update(data as Uint8Array).digest()).buffer);
  });
}

/** Lets one operation after another happen, each once all actors wait for one: so any of them can be late. */
async function inTurns(scheduler: fc.Scheduler, acting: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = acting.finally(() => isOver = true);
  end.catch(() => {});
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (scheduler.count() > 0) await scheduler.waitOne();
  }
  await end;
}

interface Acting {
  readonly steps: readonly Step[];
  readonly now: Now;
  readonly histories: ReadonlyMap<Key, History>;
}

async function act(engine: Engine, { steps, now, histories }: Acting): Promise<void> {
  const store = new SnapshotStore(engine);
  try {
    for (const step of steps) {
      now.step = step;
      if (step.do === "collect") {
        const later = Date.now() + 3_600_000;
        await store.collect({ now: step.isLater ? () => later : Date.now });
      } else histories.get(step.key)!.acknowledged((await publish(store, step)).revision, step);
    }
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
}

function publish(store: SnapshotStore, step: Publication): ReturnType<SnapshotStore["publish"]> {
  if (step.do === "clear") return store.clear(step.key);
  if (step.do === "publish") return store.publish(step.key, contentOf(step.content));
  return store.update(step.key, changeOf(step));
}

/** What the clients of each key are given, one after another. */
function watch(replica: ReplicatedCache): Map<Key, string[]> {
  const seen = new Map<Key, string[]>();
  for (const key of KEYS) {
    const texts: string[] = [];
    seen.set(key, texts);
    const node = { id: key } as Parameters<ReplicatedCache["watch"]>[0]["node"];
    for (const type of [CLUSTER_TYPE, ENDPOINT_TYPE]) {
      replica.watch({ node, type, subscription: { wildcard: true, names: new Set<string>() } }, () => {
        const text = textOf(replica.getSnapshot(key));
        if (texts.at(-1) !== text) texts.push(text);
      });
    }
  }
  return seen;
}

interface Scheduling {
  readonly scheduler: fc.Scheduler;
  readonly diesAt: number;
  readonly label: string;
  readonly now: Now;
  readonly histories: ReadonlyMap<Key, History>;
}

/** An engine whose operations happen, and whose results come, when a scheduler says so. */
class ScheduledEngine implements Engine {
  readonly maxValueBytes: number;
  readonly #engine: MemoryEngine;
  readonly #scheduling: Scheduling;
  #operations = 0;

  constructor(engine: MemoryEngine, scheduling: Scheduling) {
    this.maxValueBytes = engine.maxValueBytes;
    this.#engine = engine;
    this.#scheduling = scheduling;
  }

  identity: Engine["identity"] = () => this.#engine.identity();
  watch: Engine["watch"] = (...args) => this.#engine.watch(...args);
  close: Engine["close"] = () => Promise.resolve();

  get: Engine["get"] = async (key) => {
    await this.#turn(`get ${key}`);
    return await this.#engine.get(key);
  };

  putIf: Engine["putIf"] = async (key, value, revision) => {
    await this.#turn(`${value ? "put" : "delete"} ${key}`);
    const written = await this.#engine.putIf(key, value, revision);
    if (key.startsWith("m/")) this.#wrote(value!, written);
    await this.#turn(`has written ${key}`);
    return written;
  };

  list: Engine["list"] = (prefix) => this.#list(prefix);

  async *#list(prefix: string): ReturnType<Engine["list"]> {
    await this.#turn(`list ${prefix}`);
    yield* this.#engine.list(prefix);
  }

  #wrote(value: Uint8Array, revision: number): void {
    const { now: { step }, histories } = this.#scheduling;
    const { key } = JSON.parse(new TextDecoder().decode(value).split("\n")[0]!) as { readonly key: Key };
    histories.get(key)!.wrote(revision, step!.do === "collect" ? undefined : step);
  }

  async #turn(what: string): Promise<void> {
    const { scheduler, diesAt, label } = this.#scheduling;
    await scheduler.schedule(Promise.resolve(), `${label}: ${what}`);
    if (this.#operations++ >= diesAt) throw new Death();
  }
}

class Death extends Error {}

/** An engine as a plain object, so that some of its functions can be replaced. */
function plain(engine: Engine): Engine {
  return {
    maxValueBytes: engine.maxValueBytes,
    identity: () => engine.identity(),
    get: (key) => engine.get(key),
    putIf: (...args) => engine.putIf(...args),
    list: (prefix) => engine.list(prefix),
    watch: (...args) => engine.watch(...args),
    close: () => engine.close(),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition(), "the replica has what the store has").toBe(true);
}
