import { connect } from "node:tls";
import { SOTW_PATH } from "../../server/raw-client.ts";
import { CERTIFICATES, TLS_SERVER } from "../certificates.ts";
import { sotw } from "../messages.ts";
import { END_HEADERS, FRAME, frameOf, literal, PREFACE, REPEATED, requestBlock } from "../raw-http2.ts";
import type { Row } from "../row.ts";

const LARGE = 60_000;

/** Headers that are too many, too large, or without an end. */
export const HEADERS: readonly Row[] = [
  {
    title: "S-04 CONTINUATION frames without an end, then an abrupt close",
    limits: { peakMb: 20, heldMb: 5 },
    async run(attack) {
      for (let round = 0; round < 3; round++) {
        const raw = await attack.raw();
        const frames = Buffer.concat([
          frameOf(FRAME.headers, 1, { payload: requestBlock(SOTW_PATH) }),
          ...Array.from({ length: 10_000 }, () => frameOf(FRAME.continuation, 1, { payload: literal("a", "b") })),
        ]);
        await raw.send(frames);
        if (round < 2) attack.expect(await raw.untilClosed(5_000), "The connection was not closed");
        raw.socket.resetAndDestroy();
      }
    },
  },
  {
    title: "S-05 a header of 1 MB, and 1,000 headers",
    limits: { peakMb: 60 },
    async run(attack) {
      const many = Array.from({ length: 1_000 }, (_, i) => literal(`x-${i}`, "y"));
      for (const extra of [literal("x", "y".repeat(1_000_000)), Buffer.concat(many)]) {
        const raw = await attack.raw();
        const block = Buffer.concat([requestBlock(SOTW_PATH), extra]);
        const first = frameOf(FRAME.headers, 1, { payload: block.subarray(0, 16_000) });
        const rest = [];
        for (let at = 16_000; at < block.length; at += 16_000) {
          const flags = at + 16_000 >= block.length ? END_HEADERS : 0;
          rest.push(frameOf(FRAME.continuation, 1, { flags, payload: block.subarray(at, at + 16_000) }));
        }
        await raw.send(first, ...rest);
        // A stream that began would have a response: its headers are sent at once.
        await new Promise((resolve) => setTimeout(resolve, 300));
        attack.expect(raw.closed || raw.ended.has(1) || raw.responses === 0, "The stream was served");
      }
    },
  },
  {
    title: "S-05 an HPACK bomb: one header of 3 kB, repeated by one byte",
    // It holds the 900 streams, and nothing of the headers: see X-idle-streams.
    limits: { heldMb: 10, heldRatio: 400 },
    async run(attack) {
      const raw = await attack.raw();
      const bomb = Buffer.concat([Buffer.of(0x40), literal("x-bomb", "y".repeat(3_000)).subarray(1)]);
      await raw.send(
        raw.open(SOTW_PATH),
        frameOf(FRAME.headers, raw.nextStream(), {
          flags: END_HEADERS,
          payload: Buffer.concat([REPEATED, bomb]),
        }),
      );
      // The bomb is the newest entry now, the others one further.
      const again = Buffer.concat([
        Buffer.from([0x83, 0x86, 0x80 | 66, 0x80 | 65, 0x80 | 64, 0x80 | 63]),
        Buffer.alloc(18, 0x80 | 62),
      ]);
      for (let i = 0; i < 9 && !raw.closed; i++) {
        await raw.send(...Array.from({ length: 100 }, () => raw.open(SOTW_PATH, undefined, { block: again })));
      }
      await attack.hold();
    },
  },
  {
    title: "S-05 HPACK that cannot be decoded, over TLS (CVE-2025-59465)",
    server: TLS_SERVER,
    async run(attack) {
      for (let i = 0; i < attack.count(5, 100); i++) {
        const socket = attack.track(connect({ port: attack.port, ...CERTIFICATES.node, ALPNProtocols: ["h2"] }));
        await new Promise<void>((resolve) => socket.once("secureConnect", resolve).once("close", () => resolve()));
        const payload = Buffer.concat([requestBlock(SOTW_PATH), Buffer.alloc(15_000, 0xff)]);
        socket.write(Buffer.concat([
          PREFACE,
          frameOf(FRAME.settings, 0),
          frameOf(FRAME.headers, 1, { flags: END_HEADERS, payload }),
        ]));
        await new Promise<void>((resolve) => socket.once("close", () => resolve()).resume());
      }
    },
  },
  {
    title: "S-06 900 streams kept open with headers of 60 kB each (CVE-2026-56846)",
    limits: { peakMb: 250, heldMb: 120, heldRatio: 5 },
    async run(attack) {
      const raw = await attack.raw();
      const payload = Buffer.concat([REPEATED, literal("x", "y".repeat(LARGE))]);
      const body = sotw({ node: "small" });
      await raw.send(raw.open(SOTW_PATH, body));
      for (let i = 0; i < attack.count(200, 900) && !raw.closed; i++) {
        const stream = raw.nextStream();
        const parts = [];
        for (let at = 0; at < payload.length; at += 16_000) {
          const flags = at + 16_000 >= payload.length ? END_HEADERS : 0;
          const type = at === 0 ? FRAME.headers : FRAME.continuation;
          parts.push(frameOf(type, stream, { flags, payload: payload.subarray(at, at + 16_000) }));
        }
        await raw.send(...parts, frameOf(FRAME.data, stream, { payload: body }));
      }
      await attack.hold();
    },
  },
  {
    title: "X-ctype content types of 60 kB, each another: none stays",
    long: true,
    limits: { leftMb: 5 },
    async run(attack) {
      for (const path of [SOTW_PATH, "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters"]) {
        const client = attack.client({ maxSendHeaderBlockLength: 200_000 });
        for (let i = 0; i < attack.count(50, 500); i++) {
          const type = `application/grpc+proto;x=${i}${"y".repeat(LARGE)}`;
          const stream = client.open({ ":path": path, "content-type": type });
          stream.http.end();
          await stream.ended;
          if (client.session.destroyed) break;
        }
      }
    },
  },
];
