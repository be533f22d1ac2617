import { setTimeout as sleep } from "node:timers/promises";
import { CLUSTER_TYPE, ENDPOINT_TYPE, VIRTUAL_HOST_TYPE } from "../../../src/v3/mod.ts";
import { DELTA_PATH, SOTW_PATH } from "../../server/raw-client.ts";
import { written } from "../attack.ts";
import { delta, field, namesOf, NODE_FILLERS, nodeOf, sotw } from "../messages.ts";
import { until } from "../raw-http2.ts";
import type { Row } from "../row.ts";

const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";

/** What a flood begins with, and what it repeats. */
interface Flood {
  readonly path: string;
  readonly first: Uint8Array;
  readonly then: (i: number) => Uint8Array;
}

const FLOODS: Readonly<Record<string, Flood>> = {
  "stale nonces": {
    path: SOTW_PATH,
    first: sotw({ node: "small" }),
    then: (i) => sotw({ nonce: `${i}`, version: "1" }),
  },
  ACKs: { path: DELTA_PATH, first: delta({ node: "small" }), then: () => delta({ nonce: "1" }) },
  "subscribe and unsubscribe": {
    path: DELTA_PATH,
    first: delta({ node: "small", type: ENDPOINT_TYPE, subscribe: ["e0"] }),
    then: (i) => delta({ type: ENDPOINT_TYPE, ...i % 2 ? { subscribe: ["e1"] } : { unsubscribe: ["e1"] } }),
  },
  "the same names again": {
    path: DELTA_PATH,
    first: delta({ node: "small", type: ENDPOINT_TYPE, subscribe: ["e0"] }),
    then: () => delta({ type: ENDPOINT_TYPE, subscribe: ["e0"] }),
  },
  "other names of SotW": {
    path: SOTW_PATH,
    first: sotw({ node: "small", type: ENDPOINT_TYPE, names: ["e0"] }),
    then: (i) => sotw({ type: ENDPOINT_TYPE, nonce: "1", version: "1", names: [`e${i % 2}`] }),
  },
};

/** Requests as fast as they can be sent, and small ones whose work may be large. */
export const REQUEST_FLOODS: readonly Row[] = [
  ...Object.entries(FLOODS).map(([what, { path, first, then }]): Row => ({
    title: `R-05 a flood of requests: ${what}`,
    limits: { peakMb: 300 },
    important: what === "ACKs",
    long: !["ACKs", "subscribe and unsubscribe"].includes(what),
    async run(attack) {
      // Made before: what it costs to make them is not the cost of the attack.
      const batch = Buffer.concat(Array.from({ length: 500 }, (_, i) => then(i)));
      const client = attack.client();
      const stream = client.open({ ":path": path });
      stream.http.write(first);
      const end = performance.now() + attack.count(500, 15_000);
      while (performance.now() < end && !stream.http.closed) {
        await written(stream, batch);
      }
      attack.expect(!stream.http.closed, "The stream has ended");
    },
  })),
  {
    title: "R-05 a flood of requests: 100,000 names each time",
    limits: { peakMb: 600, heldMb: 80 },
    long: true,
    async run(attack) {
      const stream = attack.client().open();
      const message = (prefix: string) => sotw({ node: "small", names: namesOf(99_999, { prefix }) });
      const messages = [message("a"), message("b")];
      const end = performance.now() + 10_000;
      for (let i = 0; performance.now() < end && !stream.http.closed; i++) {
        await written(stream, messages[i % 2]!);
      }
      await attack.hold();
    },
  },
  {
    title: "X-node-flood another node of 250 kB in each request",
    limits: { peakMb: 400, heldMb: 80, heldRatio: 50 },
    async run(attack) {
      const stream = attack.client().open();
      for (let i = 0; i < attack.count(10, 60) && !stream.http.closed; i++) {
        const node = nodeOf(
          "small",
          Buffer.concat([field(2, Buffer.from(`${i}`)), NODE_FILLERS["unknown varints"](250_000)]),
        );
        await written(stream, sotw({ node }));
      }
      await attack.reaches(() => true);
      attack.expect(!stream.http.closed, "The stream has ended");
      await attack.hold();
    },
  },
  ...[1_000, 10_000].map((count): Row => ({
    title: `X-nodeflip a stream with ${count} names, then 300 requests with another node`,
    long: count === 1_000,
    limits: { peakMb: 250 },
    async run(attack) {
      const first = sotw({ node: "small", type: ENDPOINT_TYPE, names: ["e0", ...namesOf(count)] });
      const flips = Array.from({ length: 300 }, (_, i) => {
        return sotw({ type: ENDPOINT_TYPE, node: nodeOf("small", field(2, Buffer.from(`${i}`))) });
      });
      const stream = attack.client().open();
      stream.http.write(first);
      await stream.received(1);
      stream.http.write(Buffer.concat(flips));
      await sleep(300);
    },
  })),
  {
    title: "X-nackflood a NACK and a subscription in each request, as fast as it has a response",
    long: true,
    async run(attack) {
      const stream = attack.client().open({ ":path": DELTA_PATH });
      stream.http.write(delta({ node: "small", type: ENDPOINT_TYPE, subscribe: ["e0"] }));
      const end = performance.now() + attack.count(500, 5_000);
      let count = 1;
      for (; performance.now() < end; count++) {
        const { nonce } = await stream.received(count);
        stream.http.write(delta({ type: ENDPOINT_TYPE, nonce, error: "no", subscribe: ["e0"] }));
      }
      const { nacks } = await attack.state();
      attack.note(`${nacks} NACKs`);
    },
  },
  {
    title: "X-vhds 100,000 names of VHDS, then 300 requests for a collection",
    long: true,
    limits: { peakMb: 300, heldMb: 60, heldRatio: 100, blockedMs: 2_000 },
    async run(attack) {
      const stream = attack.client().open({ ":path": DELTA_PATH });
      const names = namesOf(attack.count(20_000, 99_000), { prefix: "r/" });
      stream.http.write(delta({ node: "small", type: VIRTUAL_HOST_TYPE, subscribe: names }));
      await stream.received(1);
      for (let i = 0; i < 300; i++) {
        const nonce = stream.responses.at(-1)!.nonce;
        const names = [`xdstp:///envoy.config.route.v3.VirtualHost/${i}/*`];
        stream.http.write(delta({ type: VIRTUAL_HOST_TYPE, nonce, subscribe: names }));
      }
      await attack.hold();
    },
  },
  {
    title: "X-churn streams that end with their headers, as fast as they end",
    long: true,
    limits: { peakMb: 600 },
    async run(attack) {
      const raw = await attack.raw();
      const end = performance.now() + attack.count(500, 10_000);
      let count = 0;
      for (; performance.now() < end && !raw.closed; count += 50) {
        await raw.send(...Array.from({ length: 50 }, () => raw.open(SOTW_PATH, undefined, { end: true })));
        await until(() => raw.closed || raw.ended.size >= count - 400, 2_000);
      }
      attack.note(`${count} streams`);
    },
  },
  {
    title: "X-compat-fetch a flood of unary Fetch",
    limits: { peakMb: 400 },
    async run(attack) {
      const raws = await Promise.all(Array.from({ length: 4 }, () => attack.raw()));
      const end = performance.now() + attack.count(500, 10_000);
      let count = 0;
      const body = sotw({ node: "small", type: CLUSTER_TYPE });
      while (performance.now() < end) {
        await Promise.all(raws.map(async (raw) => {
          const before = raw.ended.size;
          await raw.send(...Array.from({ length: 25 }, () => raw.open(FETCH_PATH, body, { end: true })));
          await until(() => raw.closed || raw.ended.size >= before + 25, 5_000);
          count += 25;
        }));
      }
      attack.note(`${count} polls`);
    },
  },
];
