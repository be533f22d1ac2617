import { expect, it } from "vitest";
import { HealthState } from "../../src/server/services/health-state.ts";

it("HealthState serves once the configuration is loaded, until the server stops, and not again", () => {
  const state = new HealthState(false);
  const seen: boolean[] = [];
  const end = state.watch(() => seen.push(state.isServing));
  state.ready();
  state.stop();
  state.ready();
  end();
  state.stop();
  expect(seen).toEqual([true, false, false]);
  const stoppedFirst = new HealthState(false);
  stoppedFirst.stop();
  stoppedFirst.ready();
  expect(stoppedFirst.isServing).toBe(false);
});
