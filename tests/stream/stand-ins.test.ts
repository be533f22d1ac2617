import { expect, it } from "vitest";
import type { View } from "../../mod.ts";
import { FleetContent } from "../../src/stream/mod.ts";
import { ClientState } from "../../src/stream/client-state.ts";
import { StandIns } from "../../src/stream/isolation/stand-ins.ts";
import { make, responseOf } from "./make.ts";

it("StandIns keep no more than 1,000 contents that a client refuses, the latest", () => {
  const fleet = new FleetContent({ minNodes: 3, share: 0.5 });
  const context = { fleet, nodeId: () => "a", kind: () => "", quarantined() {}, released() {} };
  const standIns = new StandIns(context, { fullState: false, client: new ClientState() });
  const view = { get: () => undefined } as unknown as View;
  const accepted = make("RDS", "r", "1");
  standIns.groupOf(view).accepted({ ...responseOf(1), resources: [accepted] }, () => "b", 1);
  const rejected = make("RDS", "r", "2");
  standIns.refuse([accepted]);
  expect(standIns.insteadOf(rejected)).toBeUndefined();
  standIns.refuse(Array.from({ length: 999 }, (_, i) => make("RDS", `${i}`, "1")));
  expect(standIns.insteadOf(rejected)).toBeUndefined();
  standIns.refuse([make("RDS", "one more", "1")]);
  expect(standIns.insteadOf(rejected)).toBe(accepted);
});
