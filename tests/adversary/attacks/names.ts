import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE } from "../../../src/v3/mod.ts";
import { DELTA_PATH } from "../../server/raw-client.ts";
import { type Attack, written } from "../attack.ts";
import { delta, field, namesOf, nodeOf, sotw } from "../messages.ts";
import type { Row } from "../row.ts";

/** Names, types and versions that a server keeps for its clients. */
export const NAMES: readonly Row[] = [
  {
    title: "X-names 100,000 names of 3 characters on a stream, and on as many as there may be",
    // Some 350 bytes a name of five; maxStreamBytes and maxHeldBytes limit them.
    limits: { peakMb: 800, heldMb: 650, heldRatio: 100, blockedMs: 2_500 },
    async run(attack) {
      await subscribeMuch(attack, attack.count(2, 40));
      await attack.hold();
    },
  },
  {
    title: "X-names-oom the same with a heap of 512 MB and maxHeldBytes of 200 MB",
    server: { heapMb: 512, options: { maxHeldBytes: 200_000_000 } },
    limits: { peakMb: 700, heldMb: 330, blockedMs: 2_500 },
    long: true,
    async run(attack) {
      await subscribeMuch(attack, 40);
      await attack.hold();
    },
  },
  {
    title: "X-types streams with 60 types each of their own, then 100 publications",
    limits: { heldMb: 250, peakMb: 400, blockedMs: 2_500, heldRatio: 400 },
    // A type costs some 3 kB, whatever its name: maxTypes, maxStreamBytes and maxHeldBytes limit them.
    async run(attack) {
      const client = attack.client();
      for (let i = 0; i < attack.count(50, 900); i++) {
        const types = Array.from({ length: 60 }, (_, j) => sotw({ node: "small", type: `t.${i}.${j}` }));
        await written(client.open(), Buffer.concat(types));
      }
      await attack.reaches(({ streams }) => streams > attack.count(50, 900));
      await attack.hold();
      await attack.command({ do: "update", key: "small", times: 100 });
    },
  },
  {
    title: "X-typeleak types of clients that have left are not kept",
    long: true,
    limits: { leftMb: 8, peakMb: 400 },
    async run(attack) {
      for (let wave = 0; wave < attack.count(3, 20); wave++) {
        const client = attack.client();
        const streams = Array.from({ length: 100 }, (_, i) => {
          const stream = client.open();
          const types = Array.from({ length: 60 }, (_, j) => sotw({ node: "small", type: `wave.${wave}.${i}.${j}` }));
          stream.http.write(Buffer.concat(types));
          return stream;
        });
        await attack.reaches(({ watches }) => watches >= 6_000, 5_000);
        for (const { http } of streams) http.close(8);
        client.session.destroy();
        await attack.reaches(({ streams }) => streams <= 1, 5_000);
      }
    },
  },
  {
    title: "X-init 100,000 initial_resource_versions on each of several streams",
    limits: { peakMb: 400, heldMb: 150, heldRatio: 20, blockedMs: 2_500 },
    async run(attack) {
      const initial = namesOf(99_000);
      const client = attack.client();
      for (let i = 0; i < attack.count(1, 8); i++) {
        await written(client.open({ ":path": DELTA_PATH }), delta({ node: "none", initial }));
      }
      const over = client.open({ ":path": DELTA_PATH });
      over.http.write(delta({ node: "none", initial: namesOf(100_001) }));
      attack.expect((await over.ended)["grpc-status"] === "8", "100,001 versions were accepted");
      await attack.hold();
    },
  },
  ...[false, true].map((isHeldBack): Row => ({
    title: `X-doubt 20,000 versions, then 20,000 times "*"${isHeldBack ? ", while another type holds it back" : ""}`,
    limits: { blockedMs: 500 },
    important: !isHeldBack,
    async run(attack) {
      const stream = attack.client().open({ ":path": DELTA_PATH });
      if (isHeldBack) {
        stream.http.write(delta({ node: "small", type: CLUSTER_TYPE }));
        await stream.received(1);
      }
      const type = isHeldBack ? LISTENER_TYPE : CLUSTER_TYPE;
      const node = isHeldBack ? "small" : "none";
      stream.http.write(delta({ node, type, initial: namesOf(20_000) }));
      await written(stream, delta({ type, subscribe: Array(20_000).fill("*") }));
    },
  })),
  {
    title: "X-hash 500 names of 8,100 characters that differ at the end, then nodes that change",
    long: true,
    limits: { heldRatio: 5, blockedMs: 500 },
    async run(attack) {
      const stream = attack.client().open();
      const names = ["e0", ...namesOf(500, { length: 8_100 })];
      await written(stream, sotw({ node: "small", type: ENDPOINT_TYPE, names }));
      await stream.received(1);
      for (let i = 0; i < 10; i++) {
        await written(stream, sotw({ type: ENDPOINT_TYPE, node: nodeOf("small", field(2, Buffer.from(`${i}`))) }));
      }
      await attack.hold();
    },
  },
  {
    title: 'X-forget many names, a response in flight, then "*" added and dropped',
    long: true,
    limits: { peakMb: 300, heldMb: 60, blockedMs: 2_500 },
    async run(attack) {
      const stream = attack.client().open({ ":path": DELTA_PATH });
      const type = ENDPOINT_TYPE;
      stream.http.write(delta({ node: "small", type, subscribe: namesOf(attack.count(20_000, 99_000)) }));
      await stream.received(1);
      const flips = Array.from({ length: attack.count(300, 2_000) }, (_, i) => {
        return delta({ type, ...i % 2 ? { unsubscribe: ["*"] } : { subscribe: ["*"] } });
      });
      await written(stream, Buffer.concat(flips));
      await attack.hold();
    },
  },
];

/** Subscribes to 100,000 names on each of so many streams, as long as they are accepted. */
async function subscribeMuch(attack: Attack, streams: number): Promise<void> {
  const message = sotw({ node: "small", type: ENDPOINT_TYPE, names: ["e0", ...namesOf(99_998, { length: 3 })] });
  const client = attack.client();
  const opened = [];
  for (let i = 0; i < streams; i++) {
    const stream = client.open();
    await written(stream, message);
    await Promise.race([stream.received(1), stream.ended]);
    opened.push(stream);
  }
  const refused = opened.filter(({ http }) => http.closed).length;
  attack.note(`${streams - refused} streams were accepted, ${refused} refused`);
}
