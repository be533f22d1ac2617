import { describe, expect, it } from "vitest";
import { Dependencies } from "../../src/stream/sequencing/dependencies.ts";
import { BlockedTypes } from "../../src/stream/sequencing/blocked-types.ts";
import { TYPES } from "../protocol/transcript.ts";
import { FakeProgress } from "./fake-progress.ts";

describe("Dependencies", () => {
  function start(...undelivered: string[]) {
    const dependencies = new Dependencies(1_000);
    const target = new FakeProgress("EDS", { undelivered });
    const types = new Map([[TYPES.EDS as string, target]]);
    const add = (serial: number, now: number, ...names: string[]) =>
      dependencies.add({ source: TYPES.CDS, target: TYPES.EDS, warms: true, names, serial, now });
    const isOpenAt = (now: number) => {
      dependencies.prune(types, now);
      return dependencies.isWarming(TYPES.CDS);
    };
    return { dependencies, target, types, add, isOpenAt };
  }

  it("are open until the client has received all names", () => {
    const { target, add, isOpenAt } = start("a", "b");
    add(1, 0, "a", "b");
    expect(isOpenAt(0)).toBe(true);
    target.deliver("a");
    expect(isOpenAt(0)).toBe(true);
    target.deliver("b");
    expect(isOpenAt(0)).toBe(false);
  });

  it("are looked at again only after progress of the target", () => {
    const { target, add, isOpenAt } = start("a");
    add(1, 0, "a");
    expect(isOpenAt(0)).toBe(true);
    target.deliver("a");
    target.deliveryRevision--;
    expect(isOpenAt(0)).toBe(true);
  });

  it.each([
    ["that do not exist", [], ["missing"]],
    ["that were delivered", [], []],
  ])("have no names %s", (_, undelivered, names) => {
    const { add, isOpenAt } = start(...undelivered);
    add(1, 0, ...names);
    expect(isOpenAt(0)).toBe(false);
  });

  it("end with the time of the response that brought them, each by its own", () => {
    const { dependencies, add, isOpenAt } = start("a", "b");
    expect(dependencies.nextExpiry).toBe(Infinity);
    add(1, 0, "a");
    add(2, 500, "b");
    expect(dependencies.nextExpiry).toBe(1_000);
    expect([isOpenAt(999), isOpenAt(1_000)]).toEqual([true, true]);
    expect(dependencies.nextExpiry).toBe(1_500);
    expect(isOpenAt(1_500)).toBe(false);
  });

  it("do not end later because a response brings the same names again", () => {
    const { add, isOpenAt } = start("a", "b");
    add(1, 0, "a", "b");
    add(2, 500, "a");
    expect(isOpenAt(1_000)).toBe(false);
  });

  it("are compared with the target for each response, also without progress of it", () => {
    const { add, isOpenAt } = start("a");
    add(1, 0, "a");
    expect(isOpenAt(0)).toBe(true);
    add(2, 500, "missing");
    expect(isOpenAt(1_000)).toBe(false);
  });

  it("of a rejected response are dropped, and no others", () => {
    const { dependencies, add, isOpenAt } = start("a", "b");
    add(1, 0, "a");
    add(2, 0, "b");
    dependencies.dropResponse(TYPES.EDS, 1);
    dependencies.dropResponse(TYPES.CDS, 2);
    expect(isOpenAt(0)).toBe(true);
    dependencies.dropResponse(TYPES.CDS, 1);
    expect(isOpenAt(0)).toBe(false);
  });

  it("of what a type warms are dropped, and no others", () => {
    const { dependencies, add } = start("a");
    add(1, 0, "a");
    const route = { source: TYPES.CDS, target: TYPES.EDS, warms: false, names: ["a"], serial: 1, now: 0 };
    dependencies.add(route);
    dependencies.dropWarming(TYPES.EDS);
    expect(dependencies.isWarming(TYPES.CDS)).toBe(true);
    dependencies.dropWarming(TYPES.CDS);
    expect(dependencies.isWarming(TYPES.CDS)).toBe(false);
    expect(dependencies.find(({ source }) => source === TYPES.CDS)).toMatchObject({ warms: false });
  });

  it("keep the names and the earliest deadline of many responses, in few groups", () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const { target, add, isOpenAt } = start(...names);
    names.forEach((name, i) => add(i + 1, i, name));
    target.deliver(...names.slice(1));
    expect(isOpenAt(999)).toBe(true);
    expect(isOpenAt(1_000), "the others have been joined").toBe(false);
  });

  it("wait for a type that the client has yet to subscribe to, or to load", () => {
    const { dependencies, target, types, add, isOpenAt } = start("a");
    add(1, 0, "a");
    types.clear();
    expect(isOpenAt(0)).toBe(true);
    types.set(TYPES.EDS, target);
    target.watched.view = undefined;
    expect(isOpenAt(0)).toBe(true);
    dependencies.add({ source: TYPES.LDS, target: TYPES.EDS, warms: false, names: ["a"], serial: 1, now: 0 });
    target.deliveryRevision++;
    dependencies.prune(types, 0);
    expect(dependencies.find(({ warms }) => !warms), "without a view no name exists").toBeUndefined();
  });
});

describe("BlockedTypes", () => {
  it("begin once, are released after their time, and end", () => {
    const blocked = new BlockedTypes(1_000);
    expect([blocked.nextRelease, blocked.begin("a", 0), blocked.begin("a", 500), blocked.begin("b", 600)]).toEqual([
      Infinity,
      true,
      false,
      true,
    ]);
    expect([blocked.since("a"), blocked.since("b"), blocked.since("c"), blocked.nextRelease]).toEqual([
      0,
      600,
      undefined,
      1_000,
    ]);
    expect([blocked.release("a", 999), blocked.isReleased("a")]).toEqual([false, false]);
    expect([blocked.release("a", 1_000), blocked.isReleased("a"), blocked.release("a", 1_001)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([blocked.isReleased("b"), blocked.nextRelease, [...blocked.typeUrls]]).toEqual([false, 1_600, ["a", "b"]]);
    expect([blocked.end("a"), blocked.end("a"), blocked.isReleased("a"), blocked.since("a")]).toEqual([
      true,
      false,
      false,
      undefined,
    ]);
  });
});
