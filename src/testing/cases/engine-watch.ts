import { check, same } from "../contract-violation.ts";
import { bytesOf } from "../engine-harness.ts";
import type { EngineCase } from "../engine-case.ts";

/** What a watch shows, and where it begins and ends. */
export const ENGINE_WATCH_CASES: readonly EngineCase[] = [
  {
    name: "begins with what is there in the order of revisions, then says that it is up to date",
    async run(harness) {
      const { engine } = harness;
      for (const key of ["a/x", "a/y", "a/z"]) await engine.putIf(key, bytesOf("1"));
      await engine.putIf("a/x", bytesOf("2"));
      const watch = harness.watch("a/");
      await watch.upToDate();
      same(watch.seen.slice(-4), ["a/y=1", "a/z=1", "a/x=2", "."], "A watch begins with what is there");
    },
  },
  {
    name: "says that it is up to date where nothing is there",
    async run(harness) {
      await harness.engine.putIf("b/x", bytesOf("1"));
      const watch = harness.watch("a/");
      await watch.upToDate();
      same(watch.seen, ["."], "A watch of a prefix without keys is up to date at once");
    },
  },
  {
    name: "begins at a revision, with the change of that revision",
    async run(harness) {
      const { engine } = harness;
      await engine.putIf("a/x", bytesOf("1"));
      const fromRevision = await engine.putIf("a/y", bytesOf("2"));
      await engine.putIf("a/z", bytesOf("3"));
      const watch = harness.watch("a/", { fromRevision });
      await watch.upToDate();
      same(watch.seen, ["a/y=2", "a/z=3", "."], "A watch shows changes from its revision on, and none before it");
      const later = harness.watch("a/", { fromRevision: watch.events.at(-1)!.revision + 1 });
      await later.upToDate();
      same(later.seen, ["."], "A watch from the revision after the latest shows nothing that was seen");
      await engine.putIf("a/x", bytesOf("4"));
      await later.until((seen) => seen.includes("a/x=4"), "A watch from the revision after the latest shows changes");
    },
  },
  {
    name: "has a revision for being up to date that is not below what was there",
    async run(harness) {
      const revision = await harness.engine.putIf("a/x", bytesOf("1"));
      const watch = harness.watch("a/");
      await watch.upToDate();
      const at = watch.events.find(({ key }) => key === undefined)!.revision;
      check(at >= revision, "The revision of being up to date is that of the latest change, or above it");
      const next = await harness.engine.putIf("a/x", bytesOf("2"));
      check(next > at, "The next change has a higher revision than that of being up to date");
    },
  },
  {
    name: "shows each change after that, with its revision and value, in order",
    async run(harness) {
      const watch = harness.watch("a/");
      await watch.upToDate();
      const revisions = [];
      for (let i = 0; i < 30; i++) revisions.push(await harness.engine.putIf(`a/${i}`, bytesOf(`${i}`)));
      const expected = Array.from({ length: 30 }, (_, i) => `a/${i}=${i}`);
      await watch.until((seen) => seen.length >= 31, "A watch shows each change");
      same(watch.seen.slice(1), expected, "Changes are shown in order");
      same(watch.events.slice(1).map(({ revision }) => revision), revisions, "A change has the revision of its write");
    },
  },
  {
    name: "shows the last change of a key that changes often, and never an earlier one after a later one",
    async run(harness) {
      const watch = harness.watch("a/");
      for (let i = 1; i <= 50; i++) await harness.engine.putIf("a/x", bytesOf(`${i}`));
      await watch.until((seen) => seen.includes("a/x=50"), "A watch shows the last change of a key");
      const revisions = watch.events.filter(({ key }) => key !== undefined).map(({ revision }) => revision);
      same(revisions, [...revisions].sort((a, b) => a - b), "Revisions grow");
    },
  },
  {
    name: "misses nothing that is written while it begins",
    async run(harness) {
      const writes = Array.from({ length: 40 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i));
        return await harness.engine.putIf(`a/${i}`, bytesOf("1"));
      });
      await writes[3];
      const watch = harness.watch("a/");
      await Promise.all(writes);
      await watch.until(
        (seen) => new Set(seen.filter((each) => each !== ".")).size === 40,
        "A watch shows what is written while it begins",
      );
      same(watch.seen.filter((each) => each === ".").length, 1, "A watch says once that it is up to date");
    },
  },
  {
    name: "leaves out the keys of other prefixes",
    async run(harness) {
      const watch = harness.watch("a/");
      await watch.upToDate();
      for (const key of ["b/x", "ab/x", "a/x"]) await harness.engine.putIf(key, bytesOf("1"));
      await watch.until((seen) => seen.length > 1, "A watch shows a change of its prefix");
      same(watch.seen, [".", "a/x=1"], "A watch shows no other keys");
    },
  },
  {
    name: "shows no deleted value as if it were there",
    async run(harness) {
      await harness.engine.putIf("a/x", bytesOf("1"));
      await harness.engine.putIf("a/x", undefined);
      await harness.engine.putIf("a/y", bytesOf("2"));
      const watch = harness.watch("a/");
      await watch.upToDate();
      same(watch.seen.filter((each) => !each.endsWith(" deleted")), ["a/y=2", "."], "A deleted value is not shown");
    },
  },
  {
    name: "ends by its signal, though nothing changes, and lets the other watches be",
    async run(harness) {
      const [one, two] = [harness.watch("a/"), harness.watch("a/")];
      await Promise.all([one.upToDate(), two.upToDate()]);
      await one.end();
      await harness.engine.putIf("a/x", bytesOf("1"));
      await two.until((seen) => seen.includes("a/x=1"), "A watch continues after another has ended");
      same(one.seen, ["."], "A watch shows nothing after its end");
    },
  },
  {
    name: "shows what another connection writes",
    async run(harness) {
      const other = await harness.connect();
      const watch = harness.watch("a/", { engine: other });
      await watch.upToDate();
      await harness.engine.putIf("a/x", bytesOf("1"));
      await watch.until((seen) => seen.includes("a/x=1"), "A watch shows what another connection writes");
    },
  },
];
