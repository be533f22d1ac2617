import { DELTA_PATH, SOTW_PATH } from "../../server/raw-client.ts";
import { written } from "../attack.ts";
import { delta, NODE_FILLERS, nodeOf, sotw } from "../messages.ts";
import type { Row } from "../row.ts";

/** More than maxHeldBytes allows. */
const STREAMS = 40;

/** Nodes that are large in memory, and many of them; NACKs that hold what they say. */
export const NODES: readonly Row[] = [
  ...Object.entries(NODE_FILLERS).map(([what, fill]): Row => ({
    title: `X-node ten nodes of 250 kB of ${what}`,
    long: what !== "unknown varints" && what !== "metadata fields",
    limits: { peakMb: 400, heldMb: 250, heldRatio: 100 },
    async run(attack) {
      const client = attack.client();
      const message = sotw({ node: nodeOf("small", fill(250_000)) });
      for (let i = 0; i < attack.count(4, 10); i++) {
        const stream = client.open();
        await written(stream, message);
        await Promise.race([stream.received(1), stream.ended]);
      }
      await attack.hold();
    },
  })),
  {
    title: "X-node-oom nodes until the server refuses, with a heap of 512 MB and maxHeldBytes of 200 MB",
    server: { heapMb: 512, options: { maxHeldBytes: 200_000_000 } },
    limits: { peakMb: 700, heldMb: 350 },
    important: true,
    async run(attack) {
      const client = attack.client();
      const message = sotw({ node: nodeOf("small", NODE_FILLERS["metadata fields"](250_000)) });
      let refused = 0;
      for (let i = 0; i < STREAMS; i++) {
        const stream = client.open();
        await written(stream, message);
        await Promise.race([stream.received(1), stream.ended]);
        if (stream.responses.length === 0) refused++;
      }
      attack.expect(refused > 0, "No stream was refused");
      attack.note(`${STREAMS - refused} streams were accepted, ${refused} refused`);
      await attack.hold();
    },
  },
  {
    title: "R-09 every response is rejected: it is sent once, then in parts, and the next version at once",
    important: true,
    async run(attack) {
      for (const path of [SOTW_PATH, DELTA_PATH]) {
        const stream = attack.client().open({ ":path": path });
        const message = (fields: { node?: string; nonce?: string; error?: string }): Uint8Array =>
          path === SOTW_PATH ? sotw(fields) : delta(fields);
        stream.http.write(message({ node: "small" }));
        let rejected = 0;
        const next = () =>
          Promise.race([stream.received(rejected + 1), new Promise<undefined>((resolve) => setTimeout(resolve, 500))]);
        for (let response = await next(); response !== undefined && rejected < 100; response = await next()) {
          const { nonce } = response;
          for (let i = 0; i < 10; i++) stream.http.write(message({ nonce, error: "no" }));
          rejected++;
        }
        // Of ten resources that are all rejected, at most 25 responses find each: 2n, and log2(n) + 2 more.
        attack.expect(rejected <= 25, `${rejected} responses were sent`);
        await attack.command({ do: "publish", snapshot: { key: "small", revision: Math.random() } });
        attack.expect(await next() !== undefined, "The next version was not sent");
      }
    },
  },
  {
    title: "R-09 NACKs with a text of 1 MB hold 4 KiB of it",
    limits: { peakMb: 200, heldMb: 8, heldRatio: 1 },
    async run(attack) {
      const client = attack.client();
      for (let i = 0; i < attack.count(10, 60); i++) {
        const stream = client.open();
        stream.http.write(sotw({ node: "small" }));
        const { nonce } = await stream.received(1);
        await written(stream, sotw({ nonce, error: "x".repeat(1_000_000) }));
      }
      await attack.reaches(({ nacks }) => nacks > 0);
      await attack.hold();
    },
  },
  {
    title: "R-12 node ids at random that connect and leave",
    limits: { leftMb: 8, peakMb: 300 },
    async run(attack) {
      for (let wave = 0; wave < attack.count(3, 60); wave++) {
        const client = attack.client();
        const streams = Array.from({ length: 500 }, (_, i) => {
          const stream = client.open();
          stream.http.write(sotw({ node: `r${wave}x${i}` }));
          return stream;
        });
        await attack.reaches(({ streams }) => streams > 500, 5_000);
        for (const { http } of streams) http.close(8);
        client.session.destroy();
      }
      await attack.reaches(({ streams }) => streams <= 1, 5_000);
      const { keys } = await attack.state();
      attack.expect(keys <= 5, `${keys} nodes are kept`);
    },
  },
];
