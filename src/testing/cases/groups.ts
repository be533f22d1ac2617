import { NODE, OTHER_NODE } from "../harness.ts";
import { same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

/** Caches that hold resources of several types, or of several nodes. */
export const GROUP_CASES: readonly TestCase[] = [
  {
    name: "keeps types apart",
    needs: ["types"],
    async run(harness) {
      const [first, second] = harness.types;
      await harness.publish({ update: ["a=1"] });
      await harness.publish({ update: ["a=2", "b=2"], type: 1 });
      const [one, two] = [harness.watch({ type: first!.typeUrl }), harness.watch({ type: second!.typeUrl })];
      await harness.sees(one, ["a=1"]);
      await harness.sees(two, ["a=2", "b=2"]);
      await harness.publish({ remove: ["a"] });
      await harness.sees(one, []);
      await harness.sees(two, ["a=2", "b=2"]);
    },
  },
  {
    name: "does not call a watcher of another type",
    needs: ["types", "selective"],
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      await harness.publish({ update: ["a=1"], type: 1 });
      const watcher = harness.watch();
      await harness.sees(watcher, ["a=1"]);
      await harness.publish({ update: ["a=2"], type: 1 });
      await harness.turn();
      await harness.publish({ update: ["a=2"] });
      await harness.sees(watcher, ["a=2"]);
      watcher.checkNoIdleCalls();
    },
  },
  {
    name: "has all types of a publication before it calls a watcher",
    needs: ["types", "atomic"],
    async run(harness) {
      const both = (content: number) => [harness.resource(`a=${content}`), harness.resource(`b=${content}`, 1)];
      await harness.publishResources({ update: both(1) });
      const watchers = [harness.watch(), harness.watch({ type: harness.types[1]!.typeUrl })];
      for (const watcher of watchers) await harness.until(() => watcher.calls.length > 0, "call a new watcher");
      const found: unknown[] = [];
      for (const watcher of watchers) watcher.inside = () => found.push(watchers.map(({ content }) => content));
      await harness.publishResources({ update: both(2) });
      await harness.until(() => found.length >= 2, "call the watchers of both types");
      for (const each of found) same(each, [["a=2"], ["b=2"]], "The content of both types at a call of either");
    },
  },
  {
    name: "serves each node its own resources",
    needs: ["nodes"],
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      await harness.publish({ update: ["b=2"], node: OTHER_NODE });
      const [one, two] = [harness.watch({ node: NODE }), harness.watch({ node: OTHER_NODE })];
      await harness.sees(one, ["a=1"]);
      await harness.sees(two, ["b=2"]);
      await harness.publish({ update: ["b=3"], node: OTHER_NODE });
      await harness.sees(two, ["b=3"]);
      await harness.sees(one, ["a=1"]);
    },
  },
  {
    name: "does not call a watcher when the resources of another node change",
    needs: ["nodes", "selective"],
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      await harness.publish({ update: ["a=1"], node: OTHER_NODE });
      const watcher = harness.watch();
      await harness.sees(watcher, ["a=1"]);
      await harness.publish({ update: ["a=5"], node: OTHER_NODE });
      await harness.turn();
      await harness.publish({ update: ["a=2"] });
      await harness.sees(watcher, ["a=2"]);
      watcher.checkNoIdleCalls();
    },
  },
  {
    name: "does not call a watcher before the first publication for its node",
    needs: ["nodes", "waiting"],
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const watcher = harness.watch({ node: OTHER_NODE });
      await harness.turn();
      same(watcher.calls.length, 0, "Calls before the first publication");
      await harness.publish({ update: ["b=1"], node: OTHER_NODE });
      await harness.sees(watcher, ["b=1"]);
    },
  },
];
