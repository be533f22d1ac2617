import { rawResource } from "../../mod.ts";
import type { World } from "./world.ts";

/** Stands in the text of each error: no client may read it. */
export const SECRET = "the-password-is-swordfish";

/** What code of the user does instead of its work. */
export interface Misbehaviour {
  readonly kind:
    | "throws"
    | "rejects"
    | "waits"
    | "settles late"
    | "garbage"
    | "re-enters"
    | "disconnects"
    | "disconnects and throws";
  /**
   * @param real - its work
   * @returns what is returned to the package
   */
  act(real: () => unknown, world: World): unknown;
  /** Whether others are served afterwards. Default: true. */
  readonly endsOthers?: boolean;
}

/** All misbehaviours by name. */
export const MISBEHAVIOURS: Readonly<Record<string, Misbehaviour>> = {
  ...rows("throws", thrown(), (value) => () => raise(value())),
  ...rows("rejects", thrown(), (value) => () => Promise.reject(value())),
  ...rows("rejects as a thenable of its own", thrown(), (value) => () => ({
    then: (_: unknown, reject?: (reason: unknown) => void) => reject?.(value()),
  }), "rejects"),
  "never settles": { kind: "waits", act: () => new Promise(() => {}) },
  "settles late": {
    kind: "settles late",
    act: (real) => new Promise((resolve) => setTimeout(() => resolve(real()), 20)),
  },
  "blocks the event loop": { kind: "re-enters", act: (real) => (block(5), real()) },
  ...rows("returns", garbage(), (value) => () => value()),
  ...rows("re-enters:", reentries(), (enter) => (real, world) => {
    if (world.acts <= MAX_REENTRIES) enter(world);
    return real();
  }, "re-enters"),
  "re-enters: server.close()": {
    kind: "re-enters",
    endsOthers: true,
    act: (real, { server }) => (server.close(), real()),
  },
  "re-enters: server.drain()": {
    kind: "re-enters",
    endsOthers: true,
    act: (real, { server }) => (void server.drain({ overMs: 0 }), real()),
  },
  "disconnects its client, then works": {
    kind: "disconnects",
    act: (real, world) => (world.disconnectVictims(), real()),
  },
  "disconnects its client, then throws": {
    kind: "disconnects and throws",
    act: (_, world) => (world.disconnectVictims(), raise(new Error(SECRET))),
  },
};

/** What may be thrown. */
export function thrown(): Readonly<Record<string, () => unknown>> {
  return {
    "an error": () => new Error(SECRET),
    null: () => null,
    undefined: () => undefined,
    "a proxy that traps everything": hostile,
    "an object without a prototype": () => Object.create(null),
    "an error with a message that throws": () => Object.defineProperty(new Error(SECRET), "message", { get: trap }),
  };
}

/** An object of which each use throws. */
export function hostile(): object {
  return new Proxy(() => {}, Object.fromEntries(Reflect.ownKeys(Reflect).map((name) => [name, trap])));
}

function garbage(): Readonly<Record<string, () => unknown>> {
  return {
    undefined: () => undefined,
    null: () => null,
    NaN: () => NaN,
    "-1": () => -1,
    "a text": () => "text",
    "a symbol": () => Symbol("x"),
    "an empty object": () => ({}),
    "a frozen object": () => Object.freeze({ name: "a", version: "1" }),
    "an array of nothing": () => [undefined, null],
    "a huge array": () => new Array(2 ** 20).fill("x"),
    "a function": () => () => raise(new Error(SECRET)),
    "a resource of another type": () => rawResource("type.googleapis.com/other.Type", "a", Uint8Array.of(1)),
    "the same resource twice": () => Array.from({ length: 2 }, () => rawResource("t/x", "a", Uint8Array.of(1))),
    "a map of garbage": () => new Map([["a", 5], ["b", null]]),
    "a proxy that traps everything": hostile,
  };
}

function reentries(): Readonly<Record<string, (world: World) => void>> {
  return {
    "cache.setSnapshot()": (world) => world.publish(),
    "cache.clearSnapshot()": ({ snapshots }) => snapshots.clearSnapshot("victim"),
    "a watch that is opened and closed": (world) => world.watch().close(),
    "a watch that is opened": (world) => world.leave(world.watch()),
    "another stream": (world) => world.openOther(),
    "server.reauthorize()": ({ server }) => void server.reauthorize(),
    "server.status()": ({ server }) => void [server.status(), server.streams],
    "a poll": (world) => void world.poll("clusters"),
  };
}

/** An endless publication by each response would be the fault of its publisher. */
const MAX_REENTRIES = 5;

/** One misbehaviour for each value. */
function rows<T>(
  prefix: string,
  values: Readonly<Record<string, T>>,
  act: (value: T) => Misbehaviour["act"],
  kind = (prefix === "returns" ? "garbage" : prefix) as Misbehaviour["kind"],
): Record<string, Misbehaviour> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, { kind, act: act(value) }]),
  );
}

function raise(reason: unknown): never {
  throw reason;
}

function trap(): never {
  throw new Error(SECRET);
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
