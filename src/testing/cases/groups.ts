import { NODE, OTHER_NODE } from "../harness.ts";
import { same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

/** Caches that hold more than one set of resources. */
export const GROUP_CASES: readonly TestCase[] = [
  {
    name: "keeps types apart",
    needs: ["types"],
    async run(bench) {
      const [first, second] = bench.types;
      await bench.publish({ update: ["a=1"] });
      await bench.publish({ update: ["a=2", "b=2"], type: 1 });
      const [one, two] = [bench.watch({ type: first!.typeUrl }), bench.watch({ type: second!.typeUrl })];
      await bench.sees(one, ["a=1"]);
      await bench.sees(two, ["a=2", "b=2"]);
      await bench.publish({ remove: ["a"] });
      await bench.sees(one, []);
      await bench.sees(two, ["a=2", "b=2"]);
    },
  },
  {
    name: "lets those sleep who watch another type",
    needs: ["types", "selective"],
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      await bench.publish({ update: ["a=1"], type: 1 });
      const probe = bench.watch();
      await bench.sees(probe, ["a=1"]);
      await bench.publish({ update: ["a=2"], type: 1 });
      await bench.turn();
      await bench.publish({ update: ["a=2"] });
      await bench.sees(probe, ["a=2"]);
      probe.checkNoIdleCalls();
    },
  },
  {
    name: "has all types of a publication before it tells anybody",
    needs: ["types", "atomic"],
    async run(bench) {
      const both = (content: number) => [bench.resource(`a=${content}`), bench.resource(`b=${content}`, 1)];
      await bench.publishResources({ update: both(1) });
      const probes = [bench.watch(), bench.watch({ type: bench.types[1]!.typeUrl })];
      for (const probe of probes) await bench.until(() => probe.calls.length > 0, "answer a watch");
      const found: unknown[] = [];
      for (const probe of probes) probe.inside = () => found.push(probes.map(({ content }) => content));
      await bench.publishResources({ update: both(2) });
      await bench.until(() => found.length >= 2, "wake the watchers of both types");
      for (const each of found) same(each, [["a=2"], ["b=2"]], "what there is of both types when one is told");
    },
  },
  {
    name: "gives each client its own",
    needs: ["nodes"],
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      await bench.publish({ update: ["b=2"], node: OTHER_NODE });
      const [one, two] = [bench.watch({ node: NODE }), bench.watch({ node: OTHER_NODE })];
      await bench.sees(one, ["a=1"]);
      await bench.sees(two, ["b=2"]);
      await bench.publish({ update: ["b=3"], node: OTHER_NODE });
      await bench.sees(two, ["b=3"]);
      await bench.sees(one, ["a=1"]);
    },
  },
  {
    name: "lets a client sleep when another one's resources change",
    needs: ["nodes", "selective"],
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      await bench.publish({ update: ["a=1"], node: OTHER_NODE });
      const probe = bench.watch();
      await bench.sees(probe, ["a=1"]);
      await bench.publish({ update: ["a=5"], node: OTHER_NODE });
      await bench.turn();
      await bench.publish({ update: ["a=2"] });
      await bench.sees(probe, ["a=2"]);
      probe.checkNoIdleCalls();
    },
  },
  {
    name: "lets a client wait whose resources were not published yet",
    needs: ["nodes", "waiting"],
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const probe = bench.watch({ node: OTHER_NODE });
      await bench.turn();
      same(probe.calls.length, 0, "calls before the first publication");
      await bench.publish({ update: ["b=1"], node: OTHER_NODE });
      await bench.sees(probe, ["b=1"]);
    },
  },
];
