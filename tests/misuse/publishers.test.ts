import { describe, expect, it } from "vitest";
import { thrown } from "./misbehaviours.ts";
import { a, linear, PUBLICATIONS, watch, WATCHED } from "./publishers.ts";

describe.each(Object.entries(PUBLICATIONS))("P-01 %s", (_, publish) => {
  const iterables = Object.entries(thrown()).flatMap(([name, value]): [string, () => unknown][] => [
    [`throws ${name} at once`, () => ({ [Symbol.iterator]: () => raise(value()) })],
    [`throws ${name} after an item`, () =>
      (function* () {
        yield "b";
        throw value();
      })()],
  ]);

  it.each<readonly [string, () => unknown]>([
    ...iterables,
    ["is none", () => 5],
    ["is made of nothing", () => [undefined]],
  ])(
    "an iterable that %s is the publisher's, and changes nothing",
    (_name, make) => {
      const publisher = linear();
      let calls = 0;
      watch(publisher.cache, () => calls++);
      const before = publisher.cache.resources();
      expect(attempt(() => publish(make() as never, publisher))).toBe("thrown");
      expect([publisher.cache.resources(), calls]).toEqual([before, 1]);
      publisher.publish();
      expect(calls).toBe(2);
    },
  );

  it("an iterable that publishes itself comes before the publication that it is of", () => {
    const publisher = linear();
    const reentrant = (function* () {
      publisher.cache.apply({ update: [a("inner")] });
      yield* [];
    })();
    publish(reentrant as never, publisher);
    expect(attempt(publisher.publish)).toBe("done");
  });
});

describe.each(Object.entries(WATCHED))("P-01 %s", (_, make) => {
  it.each(Object.entries(thrown()))(
    "that throws %s ends after all others were called, at the publisher",
    (_name, value) => {
      const { cache, publish } = make();
      const calls = [0, 0];
      let fails = false;
      watch(cache, () => calls[0]!++);
      watch(cache, () => fails && raise(value()));
      watch(cache, () => calls[1]!++);
      fails = true;
      expect(attempt(publish)).toBe("thrown");
      expect(calls).toEqual([2, 2]);
      expect(attempt(publish)).toBe("thrown");
      expect(calls).toEqual([3, 3]);
    },
  );

  it("that opens and closes watches and publishes is called for its last publication", () => {
    const { cache, publish } = make();
    const seen: string[] = [];
    let depth = 0;
    const early = watch(cache, () => {});
    watch(cache, () => {
      early.close();
      watch(cache, () => {}).close();
      if (depth++ < 3) publish();
    });
    watch(cache, (view) => seen.push(view.version));
    publish();
    const last: string[] = [];
    watch(cache, ({ version }) => last.push(version)).close();
    expect(seen.at(-1)).toBe(last[0]);
  });
});

function attempt(call: () => unknown): "done" | "thrown" {
  try {
    call();
    return "done";
  } catch {
    return "thrown";
  }
}

function raise(reason: unknown): never {
  throw reason;
}
