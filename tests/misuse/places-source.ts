import { type CacheEvent, cacheFrom, type CacheSource, MuxCache } from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import type { Place } from "./place.ts";
import type { Act, Setup, World } from "./world.ts";

/** Sources, and what is called beside them. */
export const SOURCE_PLACES: Readonly<Record<string, Place>> = {
  "cacheFrom(source)": {
    consequence: "kept",
    setup: (act, world) => withSource(world, (...args) => act(() => events(...args))),
  },
  ...Object.fromEntries((["resources", "update", "remove"] as const).map((name): [string, Place] => [
    `cacheFrom(source).${name}`,
    { consequence: "kept", setup: (act, world) => withSource(world, misbehavingEvents(name, act)) },
  ])),
  "CacheFromOptions.onError": {
    consequence: "ignored",
    setup: (act, world) => withSource(world, failing, () => act(() => {})),
  },
  "CacheSourceOptions.signal": {
    consequence: "kept",
    needsNothing: true,
    setup: (act, world) =>
      withSource(world, (request, options) => {
        options.signal.addEventListener("abort", () => act(() => {}));
        options.signal.addEventListener("abort", { handleEvent: () => act(() => {}) }, { once: true });
        options.signal.onabort = () => act(() => {});
        return events(request, options);
      }),
  },
};

function withSource(
  world: World,
  source: CacheSource,
  onError: (error: unknown) => void = (error) => world.reported.push(error),
): Setup {
  return {
    cache: new MuxCache({ [CLUSTER_TYPE]: cacheFrom(source, { retryMs: 5, onError }) }, { otherwise: world.snapshots }),
  };
}

const events: CacheSource = async function* () {
  yield { resources: [cluster({ name: "a" })] };
  yield { update: [cluster({ name: "b" })], remove: ["a"] };
};

// deno-lint-ignore require-yield
const failing: CacheSource = async function* () {
  throw new Error("A fault");
};

function misbehavingEvents(name: string, act: Act): CacheSource {
  return async function* (request, options) {
    for await (const event of events(request, options)) {
      const value = (event as Record<string, unknown>)[name];
      yield value === undefined ? event : {
        ...event,
        get [name]() {
          return act(() => value);
        },
      } as CacheEvent;
    }
  };
}
