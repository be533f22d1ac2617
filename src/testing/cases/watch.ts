import { check, same } from "../contract-violation.ts";
import type { TestCase } from "../test-case.ts";

/** What a cache owes to those who watch. */
export const WATCH_CASES: readonly TestCase[] = [
  {
    name: "says nothing before anything is published: no configuration yet is not an empty configuration",
    needs: ["waiting"],
    async run(bench) {
      const probes = [bench.watch(), bench.watch({ names: ["a"] })];
      await bench.turn();
      same(probes.map(({ calls }) => calls.length), [0, 0], "calls before the first publication");
      await bench.publish({ update: ["a=1"] });
      for (const probe of probes) {
        await bench.sees(probe, ["a=1"]);
        same(probe.calls[0], ["a=1"], "the first call");
      }
    },
  },
  {
    name: "answers who comes later with what there is",
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const probe = bench.watch();
      await bench.sees(probe, ["a=1", "b=1"]);
      const view = probe.view!;
      same(view.size, 2, "size");
      same(bench.read([view.get("a")!]), ["a=1"], 'get("a")');
      check(view.get("missing") === undefined, 'get("missing") is undefined');
      check([...view].every(({ typeUrl }) => typeUrl === bench.types[0]!.typeUrl), "a view has one type");
    },
  },
  {
    name: "answers with an empty set where everything was removed",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      await bench.publish({ remove: ["a"] });
      const probe = bench.watch();
      await bench.sees(probe, []);
      same(probe.view!.size, 0, "size");
    },
  },
  {
    name: "answers who asks for names that do not exist, so that the client can be told so",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const probe = bench.watch({ names: ["missing"] });
      await bench.sees(probe, []);
      check(probe.view!.get("missing") === undefined, 'get("missing") is undefined');
    },
  },
  ...["everything", "names"].map((what): TestCase => ({
    name: `wakes who wants ${what} at each addition, change and removal`,
    async run(bench) {
      await bench.publish({ update: ["other=1"] });
      const other = what === "names" ? [] : ["other=1"];
      const probe = bench.watch(what === "names" ? { names: ["a", "b"] } : {});
      await bench.sees(probe, other);
      for (
        const [change, content] of [
          [{ update: ["a=1"] }, ["a=1"]],
          [{ update: ["a=2", "b=1"] }, ["a=2", "b=1"]],
          [{ remove: ["a"] }, ["b=1"]],
          [{ update: ["a=2"], remove: ["b"] }, ["a=2"]],
          [{ remove: ["a"] }, []],
        ] as const
      ) {
        await bench.publish(change);
        await bench.sees(probe, [...other, ...content]);
      }
    },
  })),
  {
    name: "lets those sleep who want other names",
    needs: ["selective"],
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const probe = bench.watch({ names: ["a"] });
      await bench.sees(probe, ["a=1"]);
      for (const change of [{ update: ["b=2"] }, { remove: ["b"] }, { update: ["c=1"] }, { update: ["a=2"] }]) {
        await bench.publish(change);
        await bench.turn();
      }
      await bench.sees(probe, ["a=2"]);
      probe.checkNoIdleCalls();
    },
  },
  {
    name: "lets everybody sleep when the same content is published again",
    needs: ["selective"],
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const probes = [bench.watch(), bench.watch({ names: ["a"] })];
      for (const probe of probes) await bench.until(() => probe.calls.length > 0, "answer a watch");
      await bench.publish({ update: ["a=1", "b=1"] });
      await bench.turn();
      await bench.publish({ update: ["a=2"] });
      await bench.sees(probes[0]!, ["a=2", "b=1"]);
      await bench.sees(probes[1]!, ["a=2"]);
      for (const probe of probes) probe.checkNoIdleCalls();
    },
  },
  {
    name: "follows a subscription to further names, be it of what exists or of what does not",
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const probe = bench.watch({ names: ["a"] });
      await bench.sees(probe, ["a=1"]);
      probe.subscribe("b", "new");
      await bench.finds(probe, ["a=1", "b=1"]);
      await bench.publish({ update: ["b=2"] });
      await bench.sees(probe, ["a=1", "b=2"]);
      await bench.publish({ update: ["new=1"] });
      await bench.sees(probe, ["a=1", "b=2", "new=1"]);
      probe.unsubscribe("a", "b");
      probe.subscribe("a");
      await bench.publish({ update: ["a=2"] });
      await bench.sees(probe, ["a=2", "new=1"]);
    },
  },
  {
    name: "follows a subscription that turns to everything, and back to names",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const probe = bench.watch({ names: ["a"] });
      await bench.sees(probe, ["a=1"]);
      probe.wildcard = true;
      await bench.publish({ update: ["b=1"] });
      await bench.sees(probe, ["a=1", "b=1"]);
      probe.wildcard = false;
      await bench.publish({ update: ["a=2"] });
      await bench.sees(probe, ["a=2"]);
    },
  },
  {
    name: "lets those sleep who do not want it any more",
    needs: ["selective"],
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const probes = [bench.watch({ names: ["a", "b"] }), bench.watch({ names: ["a"] })];
      for (const probe of probes) await bench.until(() => probe.calls.length > 0, "answer a watch");
      probes[1]!.wildcard = true;
      probes[0]!.unsubscribe("b");
      probes[1]!.wildcard = false;
      await bench.publish({ update: ["a=2"] });
      for (const probe of probes) {
        await bench.sees(probe, ["a=2"]);
        probe.mark();
      }
      await bench.publish({ update: ["b=2"] });
      await bench.turn();
      await bench.publish({ update: ["a=3"] });
      for (const probe of probes) {
        await bench.sees(probe, ["a=3"]);
        probe.checkNoIdleCalls();
      }
    },
  },
  {
    name: "wakes who wants a collection at each addition, change and removal in it",
    needs: ["collections"],
    async run(bench) {
      await bench.publish({ update: ["x/a=1", "x/y/a=1", "y/a=1", "a=1"] });
      const probe = bench.watch({ collections: ["x/*"] });
      await bench.sees(probe, ["x/a=1"]);
      for (
        const [change, content] of [
          [{ update: ["x/b=1"] }, ["x/a=1", "x/b=1"]],
          [{ update: ["x/a=2", "y/a=2"] }, ["x/a=2", "x/b=1"]],
          [{ remove: ["x/b"] }, ["x/a=2"]],
          [{ remove: ["x/a"] }, []],
        ] as const
      ) {
        await bench.publish(change);
        await bench.sees(probe, content);
      }
    },
  },
  {
    name: "follows a subscription to further collections, and away from them",
    needs: ["collections", "selective"],
    async run(bench) {
      await bench.publish({ update: ["x/a=1", "y/a=1"] });
      const probe = bench.watch({ names: ["y/a"], collections: ["x/*"] });
      await bench.sees(probe, ["x/a=1", "y/a=1"]);
      probe.addCollection("y/*");
      await bench.publish({ update: ["y/b=1"] });
      await bench.sees(probe, ["x/a=1", "y/a=1", "y/b=1"]);
      probe.dropCollection("x/*");
      probe.dropCollection("y/*");
      await bench.publish({ update: ["y/a=2"] });
      await bench.sees(probe, ["y/a=2"]);
      probe.mark();
      for (const change of [{ update: ["x/a=2"] }, { update: ["y/b=2"] }, { update: ["x/b=1"] }]) {
        await bench.publish(change);
        await bench.turn();
      }
      await bench.publish({ update: ["y/a=3"] });
      await bench.sees(probe, ["y/a=3"]);
      probe.checkNoIdleCalls();
    },
  },
  {
    name: "is silent once a watch is closed, and goes on with the others",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const [closed, open] = [bench.watch(), bench.watch()];
      for (const probe of [closed, open]) await bench.sees(probe, ["a=1"]);
      closed.close();
      await bench.publish({ update: ["a=2"] });
      await bench.sees(open, ["a=2"]);
      await bench.turn();
      check(!closed.calledAfterClose, "a closed watch is not called");
    },
  },
  {
    name: "answers a new watch after all others were closed",
    async run(bench) {
      await bench.publish({ update: ["a=1", "b=1"] });
      const first = bench.watch();
      await bench.sees(first, ["a=1", "b=1"]);
      first.close();
      await bench.publish({ update: ["a=2"], remove: ["b"] });
      const second = bench.watch();
      await bench.sees(second, ["a=2"]);
      await bench.publish({ update: ["b=2"] });
      await bench.sees(second, ["a=2", "b=2"]);
    },
  },
  {
    name: "closes watches that it has not answered",
    async run(bench) {
      const probe = bench.watch({ names: ["a"] });
      probe.close();
      await bench.publish({ update: ["a=1"] });
      const next = bench.watch({ names: ["a"] });
      await bench.sees(next, ["a=1"]);
    },
  },
  {
    name: "tells each of many watchers what it wants",
    async run(bench) {
      const names = Array.from({ length: 10 }, (_, i) => `name-${i}`);
      await bench.publish({ update: names.map((name) => `${name}=1`) });
      const probes = Array.from({ length: 40 }, (_, i) => ({ name: names[i % 10]!, i })).map(({ name }) => ({
        name,
        probe: bench.watch({ names: [name] }),
      }));
      for (const { name, probe } of probes) await bench.sees(probe, [`${name}=1`]);
      await bench.publish({ update: names.map((name) => `${name}=2`) });
      for (const { name, probe } of probes) await bench.sees(probe, [`${name}=2`]);
    },
  },
  {
    name: "lets a watcher close its own watch while it is called",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const probes = [bench.watch(), bench.watch(), bench.watch({ names: ["a"] }), bench.watch({ names: ["a"] })];
      for (const probe of probes) await bench.sees(probe, ["a=1"]);
      for (const i of [0, 2]) probes[i]!.inside = () => probes[i]!.close();
      await bench.publish({ update: ["a=2"] });
      for (const probe of probes) await bench.sees(probe, ["a=2"]);
      await bench.publish({ update: ["a=3"] });
      for (const i of [1, 3]) await bench.sees(probes[i]!, ["a=3"]);
    },
  },
  {
    name: "lets a watcher close the watch of another while it is called, who then is not called",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const [one, two, witness] = [bench.watch(), bench.watch(), bench.watch()];
      for (const probe of [one, two, witness]) await bench.sees(probe, ["a=1"]);
      one.inside = () => two.close();
      two.inside = () => one.close();
      await bench.publish({ update: ["a=2"] });
      await bench.sees(witness, ["a=2"]);
      await bench.turn();
      same([one, two].filter((probe) => probe.calledAfterClose).length, 0, "calls of closed watches");
    },
  },
  {
    name: "lets a watcher close its watch and open another while it is called, without end",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      for (const request of [{}, { names: ["a"] }]) {
        const first = bench.watch(request);
        await bench.sees(first, bench.world);
        let last = first;
        let opened = 0;
        const reopen = () => {
          // A cache that would go on for ever is to fail, not to hang.
          if (last.calls.length < 2 && last !== first || opened === 100) return;
          opened++;
          last.close();
          last = bench.watch(request);
          last.inside = reopen;
        };
        first.inside = reopen;
        await bench.publish({ update: ["a=2"] });
        await bench.until(() => opened > 0 && last.calls.length > 0, "answer a watch that was opened by a watcher");
        await bench.turn();
        check(opened < 100, "a watch that is opened while others are woken is answered, and not woken again and again");
        await bench.sees(last, bench.world);
        last.close();
        await bench.publish({ update: ["a=1"] });
      }
    },
  },
  {
    name: "holds a watch of a type that it does not know, and goes on with the others",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const unknown = bench.watch({ type: "type.googleapis.com/nobody.knows.This" });
      const known = bench.watch();
      await bench.sees(known, ["a=1"]);
      unknown.subscribe("x");
      await bench.publish({ update: ["a=2"] });
      await bench.sees(known, ["a=2"]);
      same(unknown.content ?? [], [], "what there is of an unknown type");
      unknown.close();
    },
  },
];
