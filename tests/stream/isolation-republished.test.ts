import { expect, it } from "vitest";
import { drain, NOTHING, rejectingGroup } from "./rejecting-group.ts";

it("a cluster whose removal is withheld, and is published again while its endpoints are rejected, is kept (delta)", () => {
  const { served, clients: [client] } = rejectingGroup([{ variant: "delta", rejects: ["EDS c=2"] }]);
  served.publish({ ...NOTHING, CDS: { c: "1" } });
  client!.take();
  served.publish({ ...NOTHING, EDS: { c: "2" } });
  client!.take();
  served.publish({ ...NOTHING, CDS: { c: "1" }, EDS: { c: "2" } });
  for (let rounds = 0; rounds < 2; rounds++, served.now += 100_000) drain([client!]);
  expect(client!.violations).toEqual([]);
  expect([...client!.held.CDS.keys()]).toEqual(["c"]);
  served.publish(NOTHING);
  for (let rounds = 0; rounds < 2; rounds++, served.now += 100_000) drain([client!]);
  expect([...client!.held.CDS.keys()]).toEqual([]);
});
