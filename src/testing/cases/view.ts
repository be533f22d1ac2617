import type { View } from "../../cache/mod.ts";
import type { Bench } from "../harness.ts";
import { check, same } from "../contract-violation.ts";
import { type Change, HISTORY, longHistory, SCRIPTS } from "./histories.ts";
import type { TestCase } from "../test-case.ts";

/** What a view says, now and of its past. */
export const VIEW_CASES: readonly TestCase[] = [
  {
    name: "is live: the one that a watcher was given first reads the latest",
    async run(bench) {
      await bench.publish({ update: ["a=1"] });
      const probe = bench.watch();
      await bench.sees(probe, ["a=1"]);
      const first = probe.view!;
      for (const change of [{ update: ["a=2", "b=1"] }, { remove: ["a"] }]) {
        await bench.publish(change);
        await bench.sees(probe, bench.world);
        check(probe.view === first, "a watch has one view for as long as its client is the same");
        same(bench.read(first), bench.world, "iteration");
        same(first.size, bench.world.length, "size");
        same(bench.read(["a", "b"].flatMap((name) => first.get(name) ?? [])), bench.world, "get");
      }
    },
  },
  {
    name: "has a revision that grows with each change",
    async run(bench) {
      await run(bench, HISTORY, ({ before, after }) => {
        check(after.revision > before.revision, `revision ${after.revision} comes after ${before.revision}`);
      });
    },
  },
  {
    name: "has a version that is not empty and changes with the content",
    async run(bench) {
      await run(bench, HISTORY, ({ before, after }) => {
        check(after.version !== "", "a version is not empty");
        check(after.version !== before.version, `version ${after.version} has changed together with the content`);
      });
    },
  },
  {
    name: "has no changes since now",
    async run(bench) {
      await run(bench, HISTORY, ({ view }) => {
        same([...view.changesSince(view.revision) ?? ["too old"]], [], "changesSince the present revision");
      });
    },
  },
  ...Object.entries(SCRIPTS).map(([what, script]): TestCase => ({
    name: `tells the changes since each of the last revisions: ${what}`,
    async run(bench) {
      const moments: Moment[] = [];
      await run(bench, script, ({ view, before, after }) => {
        if (moments.length === 0) moments.push(before);
        moments.push(after);
        for (const moment of moments) checkChanges(bench, view, moment, { recent: true });
      });
    },
  })),
  {
    name: "tells all changes since any earlier revision, or that it is too old",
    async run(bench) {
      const moments: Moment[] = [];
      await run(bench, longHistory(), ({ view, after }) => {
        moments.push(after);
        for (let i = 0; i < moments.length; i += 7) checkChanges(bench, view, moments[i]!, { recent: false });
      });
    },
  },
  {
    name: "has equal versions in every instance, whatever the order in which the content came",
    needs: ["stable"],
    async run(bench, another) {
      const other = await another();
      await bench.publish({ update: ["a=1", "b=1", "c=1"] });
      for (const update of [["c=2"], ["b=1", "c=1"], ["a=1"]]) await other.publish({ update });
      const [one, two] = [bench.watch(), other.watch()];
      await bench.sees(one, bench.world);
      await other.sees(two, bench.world);
      same(two.view!.version, one.view!.version, "the version of the set");
      const versions = (view: View) => [...view].map(({ name, version }) => `${name} ${version}`).sort();
      same(versions(two.view!), versions(one.view!), "the versions of the resources");
    },
  },
];

/** A view at some time. */
interface Moment {
  readonly revision: number;
  readonly version: string;
  readonly content: readonly string[];
}

/** Publishes one change after the other and looks at the view after each. */
async function run(
  bench: Bench,
  script: readonly Change[],
  look: (step: { readonly view: View; readonly before: Moment; readonly after: Moment }) => void,
): Promise<void> {
  await bench.publish({ update: ["a=1"] });
  const probe = bench.watch();
  await bench.sees(probe, ["a=1"]);
  for (const change of script) {
    const before = momentOf(bench, probe.view!);
    await bench.publish(change);
    await bench.sees(probe, bench.world);
    look({ view: probe.view!, before, after: momentOf(bench, probe.view!) });
  }
}

function momentOf(bench: Bench, view: View): Moment {
  return { revision: view.revision, version: view.version, content: bench.read(view) };
}

/**
 * @param options.recent - the revision is one of the last: the changes are known, and to the letter. Of an older one they
 * may be unknown, or name what changed and changed back.
 */
function checkChanges(bench: Bench, view: View, moment: Moment, { recent }: { readonly recent: boolean }): void {
  const changes = view.changesSince(moment.revision);
  if (changes === undefined) {
    return check(!recent, "changesSince knows of the last changes: clients are often a few publications behind");
  }
  const told = [...changes].map(([name, resource]) => resource === undefined ? `-${name}` : bench.read([resource])[0]!);
  const now = bench.read(view);
  const nameOf = (text: string) => text.split("=")[0]!;
  const names = now.map(nameOf);
  const gone = (content: readonly string[]) =>
    content.map(nameOf).filter((name) => !names.includes(name)).map((name) => `-${name}`);
  const expected = [...now.filter((text) => !moment.content.includes(text)), ...gone(moment.content)];
  const rule = `the changes since there was ${moment.content.join(", ") || "nothing"}`;
  if (recent) return same(told.sort(), expected.sort(), rule);
  same(expected.filter((text) => !told.includes(text)), [], `${rule}, that are not told`);
  same(
    told.filter((text) => !now.includes(text) && names.includes(text.replace(/^-|=.*/g, ""))),
    [],
    `${rule}, not as it is now`,
  );
}
