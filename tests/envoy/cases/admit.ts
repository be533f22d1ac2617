import assert from "node:assert/strict";
import { AdmissionError, type Resource } from "../../../mod.ts";
import type { Case } from "../case.ts";
import {
  echoCluster,
  echoEndpoints,
  echoResources,
  FIRST,
  httpListener,
  moveTo,
  reached,
  routes,
  startWith,
} from "../echo-config.ts";
import type { World } from "../world.ts";

/** What Envoy would reject never reaches it, and what is published with it does not either. */
export const ADMIT: readonly Case[] = [
  {
    type: "all",
    name: "what Envoy would reject is refused, and not sent",
    admits: true,
    async run(world: World): Promise<void> {
      await startWith(world, FIRST);
      const sent = world.server.journal.sent.length;
      const good = echoResources(world, { ...FIRST, version: "refused", serverName: "refused" });
      for (const bad of badResources(world)) {
        const others = good.filter(({ typeUrl, name }) => typeUrl !== bad.typeUrl || name !== bad.name);
        assert.throws(() => world.change({ update: [...others, bad] }), AdmissionError);
      }
      assert.equal(world.server.journal.sent.length, sent);
      await reached(world, FIRST);
      // What is published next arrives, so that nothing was left half done.
      await moveTo(world, { ...FIRST, version: "next" });
    },
  },
];

function badResources({ mode }: World): Resource[] {
  return [
    echoCluster(mode, 0),
    echoEndpoints(1, "nowhere"),
    httpListener(mode, "bad", "nowhere"),
    routes("bad", "("),
  ];
}
