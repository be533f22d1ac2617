import type { TestCase } from "../test-case.ts";

/** The contract of a watch: it follows the changes of its subscription. */
export const SUBSCRIPTION_CASES: readonly TestCase[] = [
  {
    name: "follows a subscription to more names, existing and missing ones",
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const watcher = harness.watch({ names: ["a"] });
      await harness.sees(watcher, ["a=1"]);
      watcher.subscribe("b", "new");
      await harness.finds(watcher, ["a=1", "b=1"]);
      await harness.publish({ update: ["b=2"] });
      await harness.sees(watcher, ["a=1", "b=2"]);
      await harness.publish({ update: ["new=1"] });
      await harness.sees(watcher, ["a=1", "b=2", "new=1"]);
      watcher.unsubscribe("a", "b");
      watcher.subscribe("a");
      await harness.publish({ update: ["a=2"] });
      await harness.sees(watcher, ["a=2", "new=1"]);
    },
  },
  {
    name: "follows a subscription to the wildcard, and back to names",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const watcher = harness.watch({ names: ["a"] });
      await harness.sees(watcher, ["a=1"]);
      watcher.wildcard = true;
      await harness.publish({ update: ["b=1"] });
      await harness.sees(watcher, ["a=1", "b=1"]);
      watcher.wildcard = false;
      await harness.publish({ update: ["a=2"] });
      await harness.sees(watcher, ["a=2"]);
    },
  },
  {
    name: "does not call a watcher for names that it unsubscribed from",
    needs: ["selective"],
    async run(harness) {
      await harness.publish({ update: ["a=1", "b=1"] });
      const watchers = [harness.watch({ names: ["a", "b"] }), harness.watch({ names: ["a"] })];
      for (const watcher of watchers) await harness.until(() => watcher.calls.length > 0, "call a new watcher");
      watchers[1]!.wildcard = true;
      watchers[0]!.unsubscribe("b");
      watchers[1]!.wildcard = false;
      await harness.publish({ update: ["a=2"] });
      for (const watcher of watchers) {
        await harness.sees(watcher, ["a=2"]);
        watcher.mark();
      }
      await harness.publish({ update: ["b=2"] });
      await harness.turn();
      await harness.publish({ update: ["a=3"] });
      for (const watcher of watchers) {
        await harness.sees(watcher, ["a=3"]);
        watcher.checkNoIdleCalls();
      }
    },
  },
  {
    name: "calls a watcher of a collection at each addition, change and removal in it",
    needs: ["collections"],
    async run(harness) {
      await harness.publish({ update: ["x/a=1", "x/y/a=1", "y/a=1", "a=1"] });
      const watcher = harness.watch({ collections: ["x/*"] });
      await harness.sees(watcher, ["x/a=1"]);
      for (
        const [change, content] of [
          [{ update: ["x/b=1"] }, ["x/a=1", "x/b=1"]],
          [{ update: ["x/a=2", "y/a=2"] }, ["x/a=2", "x/b=1"]],
          [{ remove: ["x/b"] }, ["x/a=2"]],
          [{ remove: ["x/a"] }, []],
        ] as const
      ) {
        await harness.publish(change);
        await harness.sees(watcher, content);
      }
    },
  },
  {
    name: "follows a subscription to more collections, and its end",
    needs: ["collections", "selective"],
    async run(harness) {
      await harness.publish({ update: ["x/a=1", "y/a=1"] });
      const watcher = harness.watch({ names: ["y/a"], collections: ["x/*"] });
      await harness.sees(watcher, ["x/a=1", "y/a=1"]);
      watcher.addCollection("y/*");
      await harness.publish({ update: ["y/b=1"] });
      await harness.sees(watcher, ["x/a=1", "y/a=1", "y/b=1"]);
      watcher.dropCollection("x/*");
      watcher.dropCollection("y/*");
      await harness.publish({ update: ["y/a=2"] });
      await harness.sees(watcher, ["y/a=2"]);
      watcher.mark();
      for (const change of [{ update: ["x/a=2"] }, { update: ["y/b=2"] }, { update: ["x/b=1"] }]) {
        await harness.publish(change);
        await harness.turn();
      }
      await harness.publish({ update: ["y/a=3"] });
      await harness.sees(watcher, ["y/a=3"]);
      watcher.checkNoIdleCalls();
    },
  },
];
