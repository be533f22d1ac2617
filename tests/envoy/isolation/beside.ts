// Shows what of the good resources arrives beside bad ones with go-control-plane. It is for the table of
// docs/isolation.md: node tests/envoy/isolation/beside.ts [--isolated 100] [--mode ads-sotw] [--type RDS]
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { waitFor } from "../../../examples/demo/wait-for.ts";
import type { Resource } from "../../../mod.ts";
import { buildGoControlPlane, GoControlPlane } from "../../differential/go-control-plane.ts";
import { SUBJECTS } from "../cases/isolated.ts";
import { adminJson } from "../look.ts";
import { MODES } from "../modes.ts";
import { World } from "../world.ts";
import type { Subject } from "./subject.ts";

const { values } = parseArgs({
  options: {
    isolated: { type: "string", default: "20" },
    mode: { type: "string", multiple: true, default: ["ads-sotw", "ads-delta"] },
    type: { type: "string", multiple: true, default: Object.keys(SUBJECTS) },
  },
});
const names = Array.from({ length: Number(values.isolated) }, (_, i) => `n${i}`);
/** The cluster of Envoy's node, by which go-control-plane chooses its snapshot here. */
const KEY = "example";

buildGoControlPlane();
console.log("| type | way | bad | mode | good ones that arrive | arrive with the repair |");
for (const type of values.type) for (const mode of values.mode) await look(type, mode);
process.exit(0);

async function look(type: string, modeName: string): Promise<void> {
  const mode = MODES.find(({ name }) => name === modeName)!;
  const amounts = { clusters: 0, listeners: 0, updates: 0, replacements: 0, rate: 1, isolated: names.length };
  await using world = await World.open({ type, name: "beside", run: () => Promise.resolve() }, mode, amounts);
  const server = await GoControlPlane.start(false);
  const subject = await SUBJECTS[type]!(world);
  const publish = (resources: Resource[]) => server.publish([...subject.around(names), ...resources], KEY);
  try {
    await publish(names.map((name) => subject.good(name, "0")));
    await world.startEnvoy({ xdsPort: server.port });
    await waitFor("the first content", async () => expect(await arrived(subject, names, "0"), names.length));
    let marker = 0;
    for (const way of subject.ways) {
      for (const count of [1, 3, names.length / 2]) {
        const bad = new Set(names.filter((_, i) => (i + 1) % Math.floor(names.length / count) === 0));
        const good = names.filter((name) => !bad.has(name));
        const rejected = await rejections(world);
        const next = `${++marker}`;
        await publish(names.map((name) => bad.has(name) ? way.bad(name, next) : subject.good(name, next)));
        await waitFor("a rejection", async () => expect(await rejections(world) > rejected, true));
        const beside = await settled(() => arrived(subject, good, next));
        await publish(names.map((name) => subject.good(name, next)));
        const repaired = await settled(() => arrived(subject, names, next));
        const cells = [
          type,
          way.name,
          bad.size,
          modeName,
          `${beside} of ${good.length}`,
          `${repaired} of ${names.length}`,
        ];
        console.log(`| ${cells.join(" | ")} |`);
      }
    }
  } finally {
    await server.stop();
  }
}

async function arrived(subject: Subject, wanted: readonly string[], marker: string): Promise<number> {
  const markers = await subject.markers();
  return wanted.filter((name) => markers.get(name) === marker).length;
}

async function rejections({ envoy }: World): Promise<number> {
  const { stats } = await adminJson<{ readonly stats: readonly { readonly value?: number }[] }>(
    envoy,
    "/stats?format=json&filter=update_rejected",
  );
  return stats.reduce((sum, { value = 0 }) => sum + value, 0);
}

/** A number once it has not changed for half a second. */
async function settled(read: () => Promise<number>): Promise<number> {
  let [last, since] = [await read(), performance.now()];
  while (performance.now() - since < 500) {
    await delay(50);
    const value = await read();
    if (value !== last) [last, since] = [value, performance.now()];
  }
  return last;
}

function expect<T>(actual: T, wanted: T): void {
  if (actual !== wanted) throw new Error(`${actual}, not ${wanted}`);
}
