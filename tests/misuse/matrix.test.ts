import { describe, expect, it } from "vitest";
import { type Misbehaviour, MISBEHAVIOURS, SECRET } from "./misbehaviours.ts";
import type { Place } from "./place.ts";
import { PLACES } from "./places.ts";
import { settle, World } from "./world.ts";

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}

describe.each(Object.entries(PLACES))("P-01 %s", (_, place) => {
  const rows = Object.entries(MISBEHAVIOURS);
  it.each(place.isUncalled === true ? rows.slice(0, 1) : rows)("%s", async (_, misbehaviour) => {
    const world = new World((made) =>
      place.setup((real) => {
        made.acts++;
        return misbehaviour.act(real, made) as never;
      }, made)
    );
    await world.play();
    await check(world, misbehaviour);
    // What is never called would pass everything.
    expect(world.acts > 0, "the place is reached").toBe(place.isUncalled !== true);
    if (world.acts > 0) checkReports(world, place, misbehaviour);
  });
});

async function check(world: World, misbehaviour: Misbehaviour): Promise<void> {
  const { server, healthy, victims, polls } = world;
  if (misbehaviour.endsOthers !== true) {
    expect([healthy.status, healthy.versions.at(-1)], "others are served").toEqual([undefined, world.version]);
  }
  await world.end();
  await settle();
  expect(unhandled.splice(0), "the process lives").toEqual([]);
  const texts = [...victims.map(({ status }) => status), ...polls.map(({ text }) => text)].join();
  expect(texts).not.toContain(SECRET);
  for (const client of [healthy, ...victims, ...world.others]) {
    expect([client.ends, client.late], "streams end once, and nothing is sent afterwards").toEqual([1, 0]);
  }
  expect(world.closed, "close callbacks are called once").toEqual(world.opened);
  expect([...world.opened.values()].every((count) => count === 1)).toBe(true);
  expect(server.status()).toMatchObject({ streams: [], unsent: { streams: 0, bytes: 0 } });
  expect(world.openWatches, "no watch is left").toBe(0);
}

/** Each error is reported once: neither lost nor repeated. */
function checkReports(
  { server, victims, polls, errors, reported, acts }: World,
  { consequence, needsNothing = false, mayBeLate = false }: Place,
  { kind }: Misbehaviour,
): void {
  const faults = victims.filter(({ status }) => status === "13 Internal error").length +
    polls.filter(({ status }) => status === 500).length;
  const reports = errors.length;
  const isError = kind === "throws" || kind === "rejects";
  if (consequence === "ignored") return expect(faults).toBe(0);
  // The client has no status any more that could be counted.
  if (kind === "disconnects") return expect([faults, reports]).toEqual([0, 0]);
  // A source that is aborted often throws for that reason, which is no fault.
  if (kind === "disconnects and throws" && consequence === "kept") return expect([faults, reports]).toEqual([0, 0]);
  if (kind === "disconnects and throws") return expect(reports).toBe(acts);
  const works = kind === "re-enters" || kind === "settles late" && mayBeLate;
  if (works || needsNothing && !isError) return expect([faults, reports]).toEqual([0, 0]);
  switch (consequence) {
    case "reported":
      return expect([faults, reports]).toEqual([0, isError ? acts : 0]);
    case "refuses":
      return expect([faults, reports]).toEqual([kind === "throws" ? acts : 0, isError ? acts : 0]);
    case "ends":
      expect(reports).toBe(faults);
      return kind === "garbage" ? undefined : expect(faults).toBeGreaterThan(0);
    case "kept":
      expect([faults, reports]).toEqual([0, 0]);
      if (isError) return expect(reported.length).toBe(acts);
      return expect(reported.length).toBeLessThanOrEqual(acts);
    case "late":
      return expect(reports).toBe(acts);
    case "denied":
      expect([faults, server.status().authorization.failed]).toEqual([0, reports]);
      return kind === "garbage" ? undefined : expect(reports > 0).toBe(kind !== "settles late");
  }
}
