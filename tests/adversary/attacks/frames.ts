import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { frame, SOTW_PATH } from "../../server/raw-client.ts";
import { written } from "../attack.ts";
import { namesOf, sotw } from "../messages.ts";
import { END_STREAM, FRAME, frameOf, type RawHttp2, until } from "../raw-http2.ts";
import type { Row } from "../row.ts";

const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
const REST_PATH = "/v3/discovery:clusters";
const JSON_TYPE = "application/json";
const SLOW = { options: { requestTimeoutMs: 1_000 } };

/** Ways in by HTTP/2 that read a body. */
const WAYS = [
  { way: "a stream", path: SOTW_PATH, contentType: "application/grpc" },
  { way: "a stream with a query", path: `${SOTW_PATH}?x`, contentType: "application/grpc" },
  { way: "unary Fetch", path: FETCH_PATH, contentType: "application/grpc" },
  { way: "REST", path: REST_PATH, contentType: JSON_TYPE },
] as const;

/** Messages as bytes: what is claimed, cut into pieces, slow, never complete, or compressed. */
export const FRAMES: readonly Row[] = [
  ...WAYS.slice(0, 3).flatMap(({ way, path, contentType }) =>
    [["4 GiB", Buffer.of(0, 255, 255, 255, 255)], ["4 MiB", Buffer.of(0, 0, 64, 0, 0)]].map(([claim, bytes]): Row => ({
      title: `R-01 900 claims of ${claim} without a body: ${way}`,
      server: SLOW,
      // Only the streams themselves cost memory, those of unary methods most.
      limits: { peakMb: 60, heldMb: 25, heldRatio: 1_000 },
      important: way === "unary Fetch",
      long: way !== "unary Fetch",
      async run(attack) {
        const raw = await attack.raw();
        await raw.send(...Array.from({ length: 900 }, () => raw.open(path, bytes as Buffer, { contentType })));
        if (claim === "4 MiB") await attack.hold();
        const ended = await until(() => raw.closed || raw.ended.size >= 900, 30_000);
        attack.expect(ended, `${raw.ended.size} of 900 streams have ended`);
      },
    }))
  ),
  ...WAYS.map(({ way, path, contentType }): Row => ({
    title: `R-02 a request of 64 kB in frames of one byte: ${way}`,
    limits: { blockedMs: 500 },
    important: way === "unary Fetch",
    async run(attack) {
      const raw = await attack.raw();
      const body = bodyFor(contentType);
      await sendBytes(raw, raw.open(path, undefined, { contentType }), body);
      const responded = await until(() => raw.responses > 0 && raw.dataBytes > 0 || raw.closed, 5_000);
      attack.expect(responded && !raw.closed, "It was not served");
    },
  })),
  {
    title: "R-02 20 unary requests of 64 kB in frames of one byte at once",
    limits: { peakMb: 250, blockedMs: 5_000 },
    long: true,
    async run(attack) {
      const body = bodyFor("application/grpc");
      const raws = await Promise.all(Array.from({ length: 20 }, () => attack.raw()));
      await Promise.all(raws.map((raw) => sendBytes(raw, raw.open(FETCH_PATH), body)));
      await until(() => raws.every(({ ended, closed }) => closed || ended.size > 0), 20_000);
    },
  },
  {
    title: "R-02 a byte now and then on every way: the request has a deadline",
    long: true,
    server: SLOW,
    async run(attack) {
      await Promise.all(WAYS.map(async ({ way, path, contentType }) => {
        const raw = await attack.raw();
        const body = bodyFor(contentType);
        await raw.send(raw.open(path, undefined, { contentType }));
        for (let i = 0; i < 30 && raw.ended.size === 0 && !raw.closed; i++) {
          await raw.send(frameOf(FRAME.data, 1, { payload: body.subarray(i, i + 1) }));
          await sleep(100);
        }
        attack.expect(raw.ended.size > 0, `It was not ended after 3 s: ${way}`);
      }));
    },
  },
  {
    title: "R-03 compressed messages, and 300 streams that accept compression",
    long: true,
    limits: { heldRatio: 400 },
    async run(attack) {
      const bomb = gzipSync(Buffer.alloc(10_000_000));
      const compressed = Buffer.concat([Buffer.of(1), frame(bomb).subarray(1)]);
      for (const encoding of ["gzip", "br", "deflate", "identity"]) {
        for (const path of [SOTW_PATH, FETCH_PATH]) {
          const client = attack.client();
          const stream = client.open({ ":path": path, "grpc-encoding": encoding });
          stream.http.end(compressed);
          const { "grpc-status": status } = await stream.ended;
          attack.expect(status !== undefined && status !== "0", `${encoding} has the status ${status}`);
          client.session.destroy();
        }
      }
      const client = attack.client();
      const streams = Array.from(
        { length: 300 },
        () => client.open({ "grpc-accept-encoding": "identity,deflate,gzip" }),
      );
      for (const stream of streams) stream.http.write(sotw({ node: "small" }));
      await Promise.all(streams.map((stream) => stream.received(1)));
      await attack.hold();
    },
  },
  {
    title: "X-partial messages of 4 MiB that lack their last byte",
    server: SLOW,
    limits: { peakMb: 600, heldMb: 500, heldRatio: 2 },
    async run(attack) {
      const body = Buffer.concat([Buffer.of(0, 0, 64, 0, 0), Buffer.alloc(4 * 1024 * 1024 - 1)]);
      const client = attack.client();
      for (let i = 0; i < attack.count(5, 100); i++) await written(client.open(), body);
      await attack.hold();
    },
  },
  {
    title: "X-pin parts of 4 kB in a segment each hold no more than themselves",
    long: true,
    server: { options: { requestTimeoutMs: 3_000 } },
    limits: { heldRatio: 4 },
    async run(attack) {
      const raw = await attack.raw();
      const part = Buffer.concat([Buffer.of(0, 0, 64, 0, 0), Buffer.alloc(4_000)]);
      raw.socket.setNoDelay(true);
      for (let i = 0; i < attack.count(300, 900); i++) {
        await raw.send(raw.open(SOTW_PATH, part));
        if (i % 10 === 0) await sleep(1);
      }
      await attack.hold();
    },
  },
];

/** A request of 64 kB. */
function bodyFor(contentType: string): Buffer {
  const names = namesOf(1_000, { length: 61 });
  if (contentType !== JSON_TYPE) return Buffer.from(sotw({ node: "small", names }));
  return Buffer.from(JSON.stringify({ node: { id: "small" }, resource_names: names }));
}

async function sendBytes(raw: RawHttp2, opening: Buffer, body: Buffer): Promise<void> {
  const stream = opening.readUInt32BE(5);
  const frames = Array.from(body, (_, i) => {
    const flags = i === body.length - 1 ? END_STREAM : 0;
    return frameOf(FRAME.data, stream, { flags, payload: body.subarray(i, i + 1) });
  });
  const bytes = Buffer.concat(frames);
  await raw.send(opening);
  await raw.send(bytes);
}
