import { describe, expect, it } from "vitest";
import { PLACES } from "./places.ts";
import { PUBLICATIONS, WATCHED } from "./publishers.ts";
import { placesIn, readApi } from "./user-code.ts";

/** Places whose tests are in `elsewhere.test.ts`, since no client of a server reaches them. */
const ELSEWHERE = [
  "CacheFromOptions.admit",
  "LinearCacheOptions.admit",
  "SnapshotCacheOptions.admit",
  "SnapshotFeed(options).admit",
  "SnapshotFeed.connect(send)",
  "ConnectOptions.onError",
  "WatchRequest.onError",
  "TlsLoader.load",
  "TlsReload.onReloadError",
  "DiscoveryServer.fetch(request)",
];

/** Places whose tests are with those of the part that calls them: `tests/server/admission.test.ts`, `signals.test.ts`. */
const WITH_THEIR_PART = ["AdmissionLimits.maxStreams", "stopOnSignals(stop)"];

/** Objects of the runtime that are only passed through. */
const OF_THE_RUNTIME = ["restListener(response).end", "restListener(response).writeHead"];

const ENTRIES = ["mod.ts", "src/entries/api.ts", "src/entries/feed.ts", "src/node/mod.ts"];

describe("P-01 code of the user", () => {
  it("has a row for each place that the API has", () => {
    const tested = [PLACES, PUBLICATIONS, WATCHED].flatMap(Object.keys);
    expect([...tested, ...ELSEWHERE, ...WITH_THEIR_PART, ...OF_THE_RUNTIME].sort()).toEqual(placesIn(readApi(ENTRIES)));
  });

  it("is found where a callback is added, at any depth", () => {
    const api = new Map(readApi(ENTRIES));
    const callback = { kind: "fnOrConstructor", value: { params: [], tsType: { kind: "keyword", value: "void" } } };
    const { kind, def } = api.get("Watch")![0]!;
    api.set("Watch", [{ kind, def: { ...def, properties: [{ name: "onNew", tsType: callback }] } }]);
    expect(placesIn(api)).toContain("Watch.onNew");
  });
});
