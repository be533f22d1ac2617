import { check, same } from "../contract-violation.ts";
import { bytesOf, conflicts, listed, textAt } from "../engine-harness.ts";
import type { EngineCase } from "../engine-case.ts";

/** Values, revisions, deletions and lists. */
export const ENGINE_WRITE_CASES: readonly EngineCase[] = [
  {
    name: "has no value for a key that was never written",
    async run({ engine }) {
      same(await engine.get("a/missing"), undefined, "A key that was never written has no value");
    },
  },
  {
    name: "gives back what was written, with the revision of the write",
    async run({ engine }) {
      const revision = await engine.putIf("a/x", bytesOf("1"));
      check(Number.isSafeInteger(revision) && revision > 0, "A revision is an integer above 0");
      const entry = await engine.get("a/x");
      same(entry?.revision, revision, "A read has the revision of the write");
      same(await textAt(engine, "a/x"), "1", "A read has the value of the write");
    },
  },
  {
    name: "keeps the bytes of a value, whatever they are",
    async run({ engine }) {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      for (const value of [all, new Uint8Array(), Uint8Array.of(0, 13, 10, 0)]) {
        await engine.putIf("a/x", value);
        same([...(await engine.get("a/x"))!.value], [...value], "The bytes of a value are the same when read");
      }
    },
  },
  {
    name: "keeps a value apart from the arrays of its writer and its readers",
    async run({ engine }) {
      const value = bytesOf("1");
      const written = engine.putIf("a/x", value);
      value[0] = 0;
      await written;
      same(await textAt(engine, "a/x"), "1", "A change of the array after the call does not change the value");
      (await engine.get("a/x"))!.value[0] = 0;
      same(await textAt(engine, "a/x"), "1", "A change of an array that was read does not change the value");
    },
  },
  {
    name: "creates a key at revision 0, and refuses that where the key exists",
    async run({ engine }) {
      await engine.putIf("a/x", bytesOf("1"), 0);
      await conflicts(engine.putIf("a/x", bytesOf("2"), 0), "A key that exists is not created");
      same(await textAt(engine, "a/x"), "1", "A refused write changes nothing");
    },
  },
  {
    name: "replaces a value at its revision, and refuses any other",
    async run({ engine }) {
      const first = await engine.putIf("a/x", bytesOf("1"));
      const second = await engine.putIf("a/x", bytesOf("2"), first);
      check(second > first, "The revision of a later write is higher");
      await conflicts(engine.putIf("a/x", bytesOf("3"), first), "A write at an earlier revision is refused");
      await conflicts(engine.putIf("a/x", bytesOf("3"), second + 1), "A write at a later revision is refused");
      await conflicts(engine.putIf("a/y", bytesOf("3"), first), "A write of a missing key at a revision is refused");
      same(await textAt(engine, "a/x"), "2", "A refused write changes nothing");
      same(await engine.get("a/y"), undefined, "A refused write creates nothing");
    },
  },
  {
    name: "replaces a value at any revision where none is given",
    async run({ engine }) {
      for (const value of ["1", "2", "3"]) await engine.putIf("a/x", bytesOf(value));
      same(await textAt(engine, "a/x"), "3", "The last write counts");
    },
  },
  {
    name: "has revisions that grow over all keys",
    async run({ engine }) {
      const revisions = [];
      for (const key of ["a/x", "b/y", "a/x", "c/z"]) revisions.push(await engine.putIf(key, bytesOf("1")));
      same(revisions, [...new Set(revisions)].sort((a, b) => a - b), "Each write has a higher revision than the last");
    },
  },
  {
    name: "gives the same content a new revision",
    async run({ engine }) {
      const first = await engine.putIf("a/x", bytesOf("1"));
      check(await engine.putIf("a/x", bytesOf("1")) > first, "A write of the same content has a new revision");
      same((await engine.get("a/x"))!.revision > first, true, "A read has the new revision");
      await conflicts(engine.putIf("a/x", undefined, first), "A deletion at the revision before is refused");
    },
  },
  {
    name: "deletes a key, at its revision or at any",
    async run({ engine }) {
      await engine.putIf("a/y", bytesOf("1"));
      const revision = await engine.putIf("a/x", bytesOf("1"));
      await conflicts(engine.putIf("a/x", undefined, revision - 1), "A deletion at another revision is refused");
      same(await textAt(engine, "a/x"), "1", "A refused deletion changes nothing");
      await engine.putIf("a/x", undefined, revision);
      await engine.putIf("a/y", undefined);
      same([await engine.get("a/x"), await engine.get("a/y")], [undefined, undefined], "A deleted key has no value");
      same(await listed(engine, "a/"), [], "A deleted key is not listed");
      await engine.putIf("a/y", undefined);
    },
  },
  {
    name: "creates a key again after its deletion, and refuses its former revision",
    async run({ engine }) {
      const first = await engine.putIf("a/x", bytesOf("1"));
      await engine.putIf("a/x", undefined, first);
      await conflicts(
        engine.putIf("a/x", bytesOf("2"), first),
        "A write at the revision of a deleted value is refused",
      );
      const second = await engine.putIf("a/x", bytesOf("2"), 0);
      check(second > first, "The revision after a deletion is higher than that before it");
      same(await textAt(engine, "a/x"), "2", "A key is created again");
    },
  },
  {
    name: "lets one of many writers at one revision win",
    async run(harness) {
      const engines = [harness.engine, await harness.connect()];
      for (let revision = 0, round = 0; round < 3; round++) {
        const before = revision;
        const writes = Array.from(
          { length: 20 },
          (_, i) => engines[i % 2]!.putIf("a/x", bytesOf(`${round}-${i}`), before),
        );
        const results = await Promise.allSettled(writes);
        const won = results.flatMap((each, i) => each.status === "fulfilled" ? [{ i, revision: each.value }] : []);
        same(won.length, 1, "One of 20 writers at the same revision wins");
        for (const each of writes.filter((_, i) => i !== won[0]!.i)) await conflicts(each, "The others are refused");
        same(await textAt(engines[1]!, "a/x"), `${round}-${won[0]!.i}`, "The value is that of the writer that has won");
        revision = won[0]!.revision;
      }
    },
  },
  {
    name: "takes a value of maxValueBytes, and refuses a larger one",
    async run({ engine }) {
      const largest = new Uint8Array(engine.maxValueBytes).fill(7);
      await engine.putIf("a/x", largest);
      const { value } = (await engine.get("a/x"))!;
      same([value.length, value.every((byte) => byte === 7)], [largest.length, true], "The largest value is kept");
      const refused = await engine.putIf("a/x", new Uint8Array(engine.maxValueBytes + 1)).catch((error) => error);
      check(refused instanceof RangeError, "A larger value is refused by a RangeError");
      same((await engine.get("a/x"))!.value.length, largest.length, "A refused write changes nothing");
    },
  },
  {
    name: "lists the keys of a prefix, with their revisions",
    async run({ engine }) {
      const first = await engine.putIf("a/x", bytesOf("1"));
      const second = await engine.putIf("a/y/0", bytesOf("1"));
      await engine.putIf("ab/z", bytesOf("1"));
      await engine.putIf("b/x", bytesOf("1"));
      const third = await engine.putIf("a/x", bytesOf("2"));
      check(third > first, "The revision of a later write is higher");
      const expected = [{ key: "a/x", revision: third }, { key: "a/y/0", revision: second }];
      same(await listed(engine, "a/"), expected, "A list has each key of the prefix once, with its last revision");
      same(await listed(engine, "none/"), [], "A list of a prefix without keys is empty");
    },
  },
  {
    name: "lists many keys whole",
    async run({ engine }) {
      const keys = Array.from({ length: 300 }, (_, i) => `a/${String(i).padStart(3, "0")}`);
      await Promise.all(keys.map((key) => engine.putIf(key, bytesOf(key))));
      same((await listed(engine, "a/")).map(({ key }) => key), keys, "A list has all keys");
    },
  },
  {
    name: "keeps keys apart that differ by case, dashes, underscores and slashes only",
    async run({ engine }) {
      const keys = ["a/Ab", "a/a-b", "a/a/b", "a/aB", "a/a_b", "a/ab"];
      for (const key of keys) await engine.putIf(key, bytesOf(key), 0);
      for (const key of keys) same(await textAt(engine, key), key, "Each key has a value of its own");
      same((await listed(engine, "a/")).map(({ key }) => key), keys, "Each key is listed");
    },
  },
  {
    name: "shows a write to the other connections",
    async run(harness) {
      const other = await harness.connect();
      const revision = await harness.engine.putIf("a/x", bytesOf("1"));
      await other.putIf("a/x", bytesOf("2"), revision);
      same(await textAt(harness.engine, "a/x"), "2", "A read sees what another connection has written");
      await conflicts(harness.engine.putIf("a/x", bytesOf("3"), revision), "A write depends on those of others");
    },
  },
  {
    name: "has one identity for all connections, and another for another store",
    async run(harness, another) {
      const identity = await harness.engine.identity();
      check(identity.length > 0, "An identity is not empty");
      await harness.engine.putIf("a/x", bytesOf("1"));
      same(await (await harness.connect()).identity(), identity, "Each connection to a store has the same identity");
      check(await (await another()).engine.identity() !== identity, "Another store has another identity");
    },
  },
];
