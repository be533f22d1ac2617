import type { View } from "../../cache/mod.ts";
import type { CacheHarness } from "../harness.ts";
import { check, same } from "../contract-violation.ts";
import { type Change, HISTORY, longHistory, SCRIPTS } from "./histories.ts";
import type { TestCase } from "../test-case.ts";

/** The contract of a view: its content, and the changes since earlier revisions. */
export const VIEW_CASES: readonly TestCase[] = [
  {
    name: "is live: the first view that a watcher was called with has the current resources",
    async run(harness) {
      await harness.publish({ update: ["a=1"] });
      const watcher = harness.watch();
      await harness.sees(watcher, ["a=1"]);
      const first = watcher.view!;
      for (const change of [{ update: ["a=2", "b=1"] }, { remove: ["a"] }]) {
        await harness.publish(change);
        await harness.sees(watcher, harness.published);
        check(watcher.view === first, "A watch has one view as long as its client is the same");
        same(harness.read(first), harness.published, "The resources of the view");
        same(first.size, harness.published.length, "The size of the view");
        same(
          harness.read(["a", "b"].flatMap((name) => first.get(name) ?? [])),
          harness.published,
          "The resources by name",
        );
      }
    },
  },
  {
    name: "has a revision that grows with each change",
    async run(harness) {
      await run(harness, HISTORY, ({ before, after }) => {
        check(after.revision > before.revision, `Revision ${after.revision} comes after ${before.revision}`);
      });
    },
  },
  {
    name: "has a version that is not empty and changes with the content",
    async run(harness) {
      await run(harness, HISTORY, ({ before, after }) => {
        check(after.version !== "", "A version is not empty");
        check(after.version !== before.version, `Version ${after.version} has changed together with the content`);
      });
    },
  },
  {
    name: "has no changes since its current revision",
    async run(harness) {
      await run(harness, HISTORY, ({ view }) => {
        same([...view.changesSince(view.revision) ?? ["compacted"]], [], "The changes since the current revision");
      });
    },
  },
  ...Object.entries(SCRIPTS).map(([what, script]): TestCase => ({
    name: `lists the changes since each recent revision: ${what}`,
    async run(harness) {
      const moments: Moment[] = [];
      await run(harness, script, ({ view, before, after }) => {
        if (moments.length === 0) moments.push(before);
        moments.push(after);
        for (const moment of moments) checkChanges(harness, view, moment, { recent: true });
      });
    },
  })),
  {
    name: "lists all changes since any earlier revision, or says that it was compacted",
    async run(harness) {
      const moments: Moment[] = [];
      await run(harness, longHistory(), ({ view, after }) => {
        moments.push(after);
        for (let i = 0; i < moments.length; i += 7) checkChanges(harness, view, moments[i]!, { recent: false });
      }, { patienceMs: 1000 });
    },
  },
  {
    name: "has equal versions in every instance, whatever the order of the publications",
    needs: ["stable"],
    async run(harness, another) {
      const other = await another();
      await harness.publish({ update: ["a=1", "b=1", "c=1"] });
      for (const update of [["c=2"], ["b=1", "c=1"], ["a=1"]]) await other.publish({ update });
      const [one, two] = [harness.watch(), other.watch()];
      await harness.sees(one, harness.published);
      await other.sees(two, harness.published);
      same(two.view!.version, one.view!.version, "The version of the set");
      const versions = (view: View) => [...view].map(({ name, version }) => `${name} ${version}`).sort();
      same(versions(two.view!), versions(one.view!), "The versions of the resources");
    },
  },
];

/** A view at one revision. */
interface Moment {
  readonly revision: number;
  readonly version: string;
  readonly content: readonly string[];
}

/**
 * Publishes one change after the other, and calls `look` after each.
 *
 * @param options.patienceMs - after that time a cache that is slow to call its watchers is waited for after each 25th
 * change only, since a test runner does not wait for ever. Default: it is waited for each time.
 */
async function run(
  harness: CacheHarness,
  script: readonly Change[],
  look: (step: { readonly view: View; readonly before: Moment; readonly after: Moment }) => void,
  { patienceMs = Infinity }: { readonly patienceMs?: number } = {},
): Promise<void> {
  const start = performance.now();
  await harness.publish({ update: ["a=1"] });
  const watcher = harness.watch();
  await harness.sees(watcher, ["a=1"]);
  for (const [i, change] of script.entries()) {
    const before = momentOf(harness, watcher.view!);
    await harness.publish(change);
    if (performance.now() - start > patienceMs && i % 25 !== 24) continue;
    await harness.sees(watcher, harness.published);
    look({ view: watcher.view!, before, after: momentOf(harness, watcher.view!) });
  }
}

function momentOf(harness: CacheHarness, view: View): Moment {
  return { revision: view.revision, version: view.version, content: harness.read(view) };
}

/**
 * Compares `changesSince` with the difference between the content then and now.
 *
 * @param options.recent - whether the changes must be known, and exact. Of an older revision they may be compacted, or
 * list names that changed and changed back.
 */
function checkChanges(
  harness: CacheHarness,
  view: View,
  moment: Moment,
  { recent }: { readonly recent: boolean },
): void {
  const changes = view.changesSince(moment.revision);
  if (changes === undefined) {
    return check(!recent, "Recent revisions are not compacted: clients are often a few publications behind");
  }
  const listed = [...changes].map(([name, resource]) => {
    return resource === undefined ? `-${name}` : harness.read([resource])[0]!;
  });
  const now = harness.read(view);
  const names = now.map(nameOf);
  const removed = moment.content.map(nameOf).filter((name) => !names.includes(name));
  const expected = [...now.filter((text) => !moment.content.includes(text)), ...removed.map((name) => `-${name}`)];
  const rule = `The changes since the content was ${moment.content.join(", ") || "empty"}`;
  if (recent) return same(listed.sort(), expected.sort(), rule);
  same(expected.filter((text) => !listed.includes(text)), [], `${rule}, those that are missing`);
  const outdated = listed.filter((text) => !now.includes(text) && names.includes(text.replace(/^-|=.*/g, "")));
  same(outdated, [], `${rule}, those that are not as they are now`);
}

function nameOf(text: string): string {
  return text.split("=")[0]!;
}
