import { setTimeout as sleep } from "node:timers/promises";
import { CLUSTER_TYPE } from "../../../src/v3/mod.ts";
import { SOTW_PATH } from "../../server/raw-client.ts";
import type { Attack } from "../attack.ts";
import { sotw } from "../messages.ts";
import { FRAME, frameOf, type RawHttp2, uint32, until } from "../raw-http2.ts";
import type { Row } from "../row.ts";
import type { ServerSpec } from "../server-command.ts";

const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
const REST_PATH = "/v3/discovery:clusters";
const CLUSTERS = 100;
/** 5 MB. */
const BIG: ServerSpec = {
  options: { stallTimeoutMs: 3_000, maxUnsentBytes: 64 * 1024 * 1024 },
  snapshots: [{ key: "big", clusters: CLUSTERS, clusterBytes: 50_000 }],
};
/**
 * What a server holds is limited by its own budget, however little its clients send. The encoded snapshot stays.
 * Resident memory is measured, so it depends on when the allocator returns pages: 70 to 120 MB have been seen, and 460
 * to 600 MB before the budget was kept.
 */
const BUDGET = { peakMb: 400, heldMb: 180, leftMb: 40, heldRatio: Infinity } as const;

/** Clients that read slowly, or not at all. */
export const READERS: readonly Row[] = [
  {
    title: "D-01 streams that read nothing of a snapshot of 5 MB, beside updates",
    server: BIG,
    limits: { ...BUDGET, heldMb: 64, cpuRatio: Infinity },
    important: true,
    async run(attack) {
      const stalled = await stall(attack, {
        connections: attack.count(10, 40),
        streams: 5,
        request: () => sotw({ node: "big" }),
      });
      await attack.reaches(({ unsentBytes }) => unsentBytes > 0, 2_000);
      await attack.hold();
      await attack.command({ do: "update", key: "big", times: attack.count(50, 1_000) });
      await attack.hold();
      // What a stalled stream gets at last: the response in flight and the latest.
      stalled[0]!.socket.destroy();
      attack.expect(await attack.reaches(({ unsentBytes }) => unsentBytes === 0, 10_000), "Bytes are still unsent");
    },
  },
  {
    title: "D-01b streams that stall one after another, each on another version",
    server: BIG,
    // A response that is in flight keeps its resources beside its bytes, which the budget does not count.
    limits: { ...BUDGET, heldMb: 230, cpuRatio: Infinity },
    async run(attack) {
      let most = 0;
      for (let i = 0; i < attack.count(15, 100); i++) {
        await attack.command({
          do: "publish",
          snapshot: { key: "big", clusters: CLUSTERS, clusterBytes: 50_000, revision: i },
        });
        await stall(attack, { connections: 1, streams: 1, request: () => sotw({ node: "big" }) });
        most = Math.max(most, (await attack.state()).unsentBytes);
      }
      attack.expect(most <= 80_000_000, `${most} bytes were unsent`);
      await attack.hold();
    },
  },
  {
    long: true,
    title: "D-02 a client without progress is closed once, one that reads slowly is not",
    server: BIG,
    limits: BUDGET,
    async run(attack) {
      const before = await attack.state();
      const slow = await attack.raw({ reading: false });
      await slow.send(slow.open(SOTW_PATH, sotw({ node: "big" })));
      const [stalled] = await stall(attack, { connections: 1, streams: 1, request: () => sotw({ node: "big" }) });
      for (let i = 0; i < 14; i++) {
        await sleep(500);
        await widen(slow, 60_000);
      }
      attack.expect(stalled!.ended.has(1) || stalled!.closed, "The client that reads nothing is not closed");
      attack.expect(!slow.ended.has(1) && !slow.closed, "The client that reads slowly was closed");
      attack.note(`read ${slow.dataBytes} bytes`);
      attack.expect((await attack.state()).cut - before.cut === 1, "Not one stream was closed");
    },
  },
  {
    title: "D-03 clients that vanish while a write waits",
    server: BIG,
    limits: BUDGET,
    async run(attack) {
      const stalled = await stall(attack, { connections: 15, streams: 2, request: () => sotw({ node: "big" }) });
      await attack.reaches(({ unsentBytes }) => unsentBytes > 0, 2_000);
      for (const [i, raw] of stalled.entries()) {
        if (i % 3 === 0) await raw.send(...[1, 3].map((id) => frameOf(FRAME.rst, id, { payload: uint32(8) })));
        else if (i % 3 === 1) raw.socket.end();
        else raw.socket.resetAndDestroy();
      }
      const cleaned = await attack.reaches(({ streams, unsentBytes }) => streams <= 1 && unsentBytes === 0, 2_500);
      attack.expect(cleaned, `Streams are left: ${JSON.stringify(await attack.state())}`);
    },
  },
  ...["a bad message", "its deadline", "a query in its path"].map((how): Row => ({
    title: `X-bypass a client that reads nothing, whose stream is ended by ${how}`,
    long: how !== "its deadline",
    server: BIG,
    limits: BUDGET,
    async run(attack) {
      const path = how === "a query in its path" ? `${SOTW_PATH}?x` : SOTW_PATH;
      const bad = how === "a bad message" ? Buffer.of(0, 0, 0, 0, 2, 255, 255) : Buffer.of();
      // One cluster less in each, so that no two share a response.
      const request = (i: number) =>
        Buffer.concat([sotw({ node: "big", names: clusterNames(CLUSTERS - i % 50) }), bad]);
      await stall(attack, { connections: 10, streams: 5, request, path, timeout: how === "its deadline" });
      await sleep(1_000);
      await attack.hold();
      attack.expect(await attack.reaches(({ unsentBytes }) => unsentBytes === 0, 12_000), "Bytes are still unsent");
      const held = await attack.hold();
      attack.expect(held < 45_000_000, `${held} bytes are held after the stall timeout`);
    },
  })),
  ...[REST_PATH, FETCH_PATH].map((path): Row => ({
    title: `X-stall polls whose response of 5 MB is not read: ${path === REST_PATH ? "REST" : "unary Fetch"}`,
    long: path === REST_PATH,
    server: BIG,
    // A poll is refused when the budget is used up.
    limits: { ...BUDGET, peakMb: 600 },
    async run(attack) {
      const contentType = path === REST_PATH ? "application/json" : "application/grpc";
      const request = (i: number): Uint8Array => {
        const names = clusterNames(CLUSTERS - i % 50);
        if (path === FETCH_PATH) return sotw({ node: "big", names });
        return Buffer.from(JSON.stringify({ node: { id: "big" }, resource_names: names }));
      };
      await stall(attack, { connections: attack.count(4, 10), streams: 10, request, path, contentType, end: true });
      await sleep(1_000);
      await attack.hold();
      attack.expect(await attack.reaches(({ unsentBytes }) => unsentBytes === 0, 12_000), "Bytes are still unsent");
    },
  })),
  {
    title: "X-starve a client whose stalled streams fill maxUnsentBytes: others are served",
    long: true,
    server: BIG,
    limits: { ...BUDGET, peakMb: 600 },
    async run(attack) {
      const request = (i: number) => sotw({ node: "big", names: clusterNames(CLUSTERS - i % 90) });
      for (let round = 0; round < attack.count(2, 5); round++) {
        await stall(attack, { connections: 4, streams: 20, request });
        await sleep(500);
      }
      await attack.hold();
      const stream = attack.client().open();
      stream.http.write(sotw({ node: "small" }));
      const served = await until(() => stream.responses.length > 0, 10_000);
      attack.expect(served, "Another client was not served");
    },
  },
  {
    title: "X-unshared a response of 5 MB of its own again and again, read",
    long: true,
    server: BIG,
    // It reads all that it asks for: the work for it is in its bytes.
    limits: { ...BUDGET, cpuRatio: Infinity },
    async run(attack) {
      const stream = attack.client({ settings: { initialWindowSize: 4_000_000 } }).open();
      const end = performance.now() + attack.count(500, 10_000);
      stream.http.write(sotw({ node: "big", names: clusterNames(CLUSTERS - 1) }));
      for (let i = 1; performance.now() < end; i++) {
        const { nonce, version } = await stream.received(i);
        const names = [...clusterNames(CLUSTERS - 1 - i % 2), `none-${i}`];
        stream.http.write(sotw({ type: CLUSTER_TYPE, nonce, version, names }));
      }
      attack.note(`${stream.responses.length} responses`);
    },
  },
];

interface Stall {
  readonly connections: number;
  readonly streams: number;
  readonly request: (i: number) => Uint8Array;
  readonly path?: string;
  readonly contentType?: string;
  readonly end?: boolean;
  /** A deadline of a second. */
  readonly timeout?: boolean;
}

/** Opens streams on connections that read what fits into their first window, and nothing more. */
async function stall(attack: Attack, { connections, streams, request, timeout, ...how }: Stall): Promise<RawHttp2[]> {
  const { path = SOTW_PATH, contentType, end = false } = how;
  const raws = [];
  for (let i = 0; i < connections; i++) {
    const raw = await attack.raw({ reading: false });
    for (let j = 0; j < streams; j++) {
      const options = { end, ...contentType !== undefined && { contentType } };
      const opening = raw.open(path, request(i * streams + j), options);
      await raw.send(timeout && j === 0 ? withTimeout(opening) : opening);
    }
    raws.push(raw);
  }
  return raws;
}

/** Adds the header `grpc-timeout` to the frame of headers that bytes begin with. */
function withTimeout(opening: Buffer): Buffer {
  const length = opening.readUIntBE(0, 3);
  const header = Buffer.concat([Buffer.of(0, 12), Buffer.from("grpc-timeout"), Buffer.of(2), Buffer.from("1S")]);
  const bytes = Buffer.concat([opening.subarray(0, 9 + length), header, opening.subarray(9 + length)]);
  bytes.writeUIntBE(length + header.length, 0, 3);
  return bytes;
}

async function widen(raw: RawHttp2, bytes: number): Promise<void> {
  const update = { payload: uint32(bytes) };
  await raw.send(frameOf(FRAME.windowUpdate, 0, update), frameOf(FRAME.windowUpdate, 1, update));
}

function clusterNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `c${i}`);
}
