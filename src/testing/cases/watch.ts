import { check, same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

/** The contract of a watch: when the watcher is called, and what it finds. */
export const WATCH_CASES: readonly TestCase[] = [
  {
    name: "does not call the watcher before the first publication",
    needs: ["waiting"],
    async run(harness) {
      const watchers = [harness.watch(), harness.watch({ names: ["a"] })];
      await harness.turn();
      same(watchers.map(({ calls }) => calls.length), [0, 0], "Calls before the first publication");
      await harness.publish({ update: ["a=1"] });
      for (const watcher of watchers) {
        await harness.sees(watcher, ["a=1"]);
        same(watcher.calls[0], ["a=1"], "The first call");
      }
    },
  },
  {
    name: "calls a new watcher with the current resources",
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const watcher = harness.watch();
      await harness.sees(watcher, ["a=1", "b=1"]);
      const view = watcher.view!;
      same(view.size, 2, "The size of the view");
      same(harness.read([view.get("a")!]), ["a=1"], 'The resource of get("a")');
      check(view.get("missing") === undefined, 'The view returns undefined for get("missing")');
      check([...view].every(({ typeUrl }) => typeUrl === harness.types[0]!.typeUrl), "A view has one type");
    },
  },
  {
    name: "calls a new watcher with an empty view after all resources were removed",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      await harness.publish({ remove: ["a"] });
      const watcher = harness.watch();
      await harness.sees(watcher, []);
      same(watcher.view!.size, 0, "The size of the view");
    },
  },
  {
    name: "calls a watcher of missing names, so that their absence can be sent",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const watcher = harness.watch({ names: ["missing"] });
      await harness.sees(watcher, []);
      check(watcher.view!.get("missing") === undefined, 'The view returns undefined for get("missing")');
    },
  },
  ...["the wildcard", "names"].map((what): TestCase => ({
    name: `calls a watcher of ${what} at each addition, change and removal`,
    async run(harness) {
      await harness.publish({ update: ["other=1"] });
      const other = what === "names" ? [] : ["other=1"];
      const watcher = harness.watch(what === "names" ? { names: ["a", "b"] } : {});
      await harness.sees(watcher, other);
      for (
        const [change, content] of [
          [{ update: ["a=1"] }, ["a=1"]],
          [{ update: ["a=2", "b=1"] }, ["a=2", "b=1"]],
          [{ remove: ["a"] }, ["b=1"]],
          [{ update: ["a=2"], remove: ["b"] }, ["a=2"]],
          [{ remove: ["a"] }, []],
        ] as const
      ) {
        await harness.publish(change);
        await harness.sees(watcher, [...other, ...content]);
      }
    },
  })),
  {
    name: "does not call a watcher of other names",
    needs: ["selective"],
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const watcher = harness.watch({ names: ["a"] });
      await harness.sees(watcher, ["a=1"]);
      for (const change of [{ update: ["b=2"] }, { remove: ["b"] }, { update: ["c=1"] }, { update: ["a=2"] }]) {
        await harness.publish(change);
        await harness.turn();
      }
      await harness.sees(watcher, ["a=2"]);
      watcher.checkNoIdleCalls();
    },
  },
  {
    name: "does not call watchers when the same content is published again",
    needs: ["selective"],
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const watchers = [harness.watch(), harness.watch({ names: ["a"] })];
      for (const watcher of watchers) await harness.until(() => watcher.calls.length > 0, "call a new watcher");
      await harness.publish({ update: ["a=1", "b=1"] });
      await harness.turn();
      await harness.publish({ update: ["a=2"] });
      await harness.sees(watchers[0]!, ["a=2", "b=1"]);
      await harness.sees(watchers[1]!, ["a=2"]);
      for (const watcher of watchers) watcher.checkNoIdleCalls();
    },
  },
  {
    name: "does not call a watcher after its watch was closed, and still calls the others",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const [closed, open] = [harness.watch(), harness.watch()];
      for (const watcher of [closed, open]) await harness.sees(watcher, ["a=1"]);
      closed.close();
      await harness.publish({ update: ["a=2"] });
      await harness.sees(open, ["a=2"]);
      await harness.turn();
      check(!closed.calledAfterClose, "A watcher is not called after its watch was closed");
    },
  },
  {
    name: "calls a new watcher after all other watches were closed",
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const first = harness.watch();
      await harness.sees(first, ["a=1", "b=1"]);
      first.close();
      await harness.publish({ update: ["a=2"], remove: ["b"] });
      const second = harness.watch();
      await harness.sees(second, ["a=2"]);
      await harness.publish({ update: ["b=2"] });
      await harness.sees(second, ["a=2", "b=2"]);
    },
  },
  {
    name: "closes a watch whose watcher was never called",
    async run(harness) {
      const watcher = harness.watch({ names: ["a"] });
      watcher.close();
      await harness.publish({ update: ["a=1"] });
      const next = harness.watch({ names: ["a"] });
      await harness.sees(next, ["a=1"]);
    },
  },
  {
    name: "calls each of many watchers with its names",
    async run(harness) {
      const names = Array.from({ length: 10 }, (_, i) => `name-${i}`);
      await harness.publish({ update: names.map((name) => `${name}=1`) });
      const watchers = Array.from({ length: 40 }, (_, i) => ({ name: names[i % 10]!, i })).map(({ name }) => ({
        name,
        watcher: harness.watch({ names: [name] }),
      }));
      for (const { name, watcher } of watchers) await harness.sees(watcher, [`${name}=1`]);
      await harness.publish({ update: names.map((name) => `${name}=2`) });
      for (const { name, watcher } of watchers) await harness.sees(watcher, [`${name}=2`]);
    },
  },
  {
    name: "lets a watcher close its own watch while it is called",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const watchers = [
        harness.watch(),
        harness.watch(),
        harness.watch({ names: ["a"] }),
        harness.watch({ names: ["a"] }),
      ];
      for (const watcher of watchers) await harness.sees(watcher, ["a=1"]);
      for (const i of [0, 2]) watchers[i]!.inside = () => watchers[i]!.close();
      await harness.publish({ update: ["a=2"] });
      for (const watcher of watchers) await harness.sees(watcher, ["a=2"]);
      await harness.publish({ update: ["a=3"] });
      for (const i of [1, 3]) await harness.sees(watchers[i]!, ["a=3"]);
    },
  },
  {
    name: "lets a watcher close another watch while it is called, whose watcher is not called then",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const [one, two, witness] = [harness.watch(), harness.watch(), harness.watch()];
      for (const watcher of [one, two, witness]) await harness.sees(watcher, ["a=1"]);
      one.inside = () => two.close();
      two.inside = () => one.close();
      await harness.publish({ update: ["a=2"] });
      await harness.sees(witness, ["a=2"]);
      await harness.turn();
      same([one, two].filter((watcher) => watcher.calledAfterClose).length, 0, "Calls of closed watches");
    },
  },
  {
    name: "lets a watcher replace its own watch while it is called, without an endless loop",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      for (const request of [{}, { names: ["a"] }]) {
        const first = harness.watch(request);
        await harness.sees(first, harness.published);
        let last = first;
        let opened = 0;
        const reopen = () => {
          // So that a cache which would never stop fails, instead of hanging.
          if (last.calls.length < 2 && last !== first || opened === 100) return;
          opened++;
          last.close();
          last = harness.watch(request);
          last.inside = reopen;
        };
        first.inside = reopen;
        await harness.publish({ update: ["a=2"] });
        await harness.until(
          () => opened > 0 && last.calls.length > 0,
          "call a watcher whose watch was opened by a watcher",
        );
        await harness.turn();
        check(opened < 100, "A watch that is opened within a call is called once for that publication");
        await harness.sees(last, harness.published);
        last.close();
        await harness.publish({ update: ["a=1"] });
      }
    },
  },
  {
    name: "holds a watch of an unknown type, and still calls the others",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const unknown = harness.watch({ type: "type.googleapis.com/unknown.Type" });
      const known = harness.watch();
      await harness.sees(known, ["a=1"]);
      unknown.subscribe("x");
      await harness.publish({ update: ["a=2"] });
      await harness.sees(known, ["a=2"]);
      same(unknown.content ?? [], [], "The resources of an unknown type");
      unknown.close();
    },
  },
];
