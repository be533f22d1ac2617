import { afterAll, describe, expect, it } from "vitest";
import { type Misbehaviour, MISBEHAVIOURS, SECRET } from "./misbehaviours.ts";
import type { Place } from "./place.ts";
import { API_PLACES } from "./places-api.ts";
import { CACHE_PLACES } from "./places-cache.ts";
import { SERVER_PLACES } from "./places-server.ts";
import { SOURCE_PLACES } from "./places-source.ts";
import { settle, World } from "./world.ts";

const PLACES: Readonly<Record<string, Place>> = {
  ...SERVER_PLACES,
  ...CACHE_PLACES,
  ...SOURCE_PLACES,
  ...API_PLACES,
};

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}

describe.each(Object.entries(PLACES))("P-01 %s", (_, place) => {
  /** A place that no client reaches would pass everything. */
  let acts = 0;
  afterAll(() => expect(acts > 0, "the place is reached").toBe(place.isUncalled !== true));

  const rows = Object.entries(MISBEHAVIOURS);
  it.each(place.isUncalled === true ? rows.slice(0, 1) : rows)("%s", async (_, misbehaviour) => {
    const world = new World((made) =>
      place.setup((real) => {
        made.acts++;
        return misbehaviour.act(real, made) as never;
      }, made)
    );
    await world.play();
    await check(world, place, misbehaviour);
    acts += world.acts;
  });
});

async function check(world: World, place: Place, misbehaviour: Misbehaviour): Promise<void> {
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
  checkReports(world, place, misbehaviour);
}

/** Each error is reported once: neither lost nor repeated. */
function checkReports(
  { server, victims, polls, errors, reported, acts }: World,
  { consequence, needsNothing = false }: Place,
  { kind }: Misbehaviour,
): void {
  const faults = victims.filter(({ status }) => status === "13 Internal error").length +
    polls.filter(({ status }) => status === 500).length;
  const reports = errors.length;
  const isError = kind === "throws" || kind === "rejects";
  if (acts === 0) return expect(faults).toBe(0);
  if (consequence === "ignored") return expect(faults).toBe(0);
  // The client has no status any more that could be counted.
  if (kind === "disconnects") return expect(reports).toBeLessThanOrEqual(acts);
  if (kind === "re-enters" || needsNothing && !isError) return expect([faults, reports]).toEqual([0, 0]);
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
