import { setTimeout as sleep } from "node:timers/promises";
import { SOTW_PATH } from "../../server/raw-client.ts";
import { sotw } from "../messages.ts";
import { ACK, FRAME, frameOf, uint32 } from "../raw-http2.ts";
import type { Row } from "../row.ts";

/** An identifier and a value. */
function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(id >> 8, id & 255), uint32(value)]);
}

/** Frames that cost a client nothing, each with whether 50,000 of them must end the connection. */
const FLOODS: Readonly<Record<string, readonly [frame: (i: number) => Buffer, ends: boolean]>> = {
  PING: [(i) => frameOf(FRAME.ping, 0, { payload: Buffer.concat([uint32(i), uint32(0)]) }), true],
  SETTINGS: [() => frameOf(FRAME.settings, 0), true],
  "SETTINGS of a window": [(i) => frameOf(FRAME.settings, 0, { payload: setting(4, 60_000 + i % 2) }), true],
  PRIORITY: [(i) => frameOf(FRAME.priority, 2 * i + 1, { payload: Buffer.of(0, 0, 0, 0, 16) }), true],
  "empty DATA": [() => frameOf(FRAME.data, 1), true],
  // A receiver of these does no work and keeps nothing.
  "WINDOW_UPDATE of 1": [() => frameOf(FRAME.windowUpdate, 0, { payload: uint32(1) }), false],
  "frames of an unknown type": [() => frameOf(FRAME.unknown, 1, { payload: Buffer.of(0) }), true],
};

/** Control frames without an end, and a client that pings as it may. */
export const FLOOD_ROWS: readonly Row[] = [
  ...Object.entries(FLOODS).flatMap(([what, [frame, ends]]) =>
    [false, true].map((reading): Row => ({
      title: `S-07 ${what}, 50,000 times${reading ? "" : ", from a client that reads nothing"}`,
      limits: { peakMb: 60, heldMb: 20 },
      important: what === "PING" && !reading,
      long: !["PING", "SETTINGS of a window"].includes(what) || (what !== "PING" && reading),
      async run(attack) {
        const raw = await attack.raw({ reading });
        raw.responsive = reading;
        await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
        if (!reading) raw.socket.pause();
        const batches = Array.from({ length: 50 }, (_, i) => {
          return Buffer.concat(Array.from({ length: 1_000 }, (_, j) => frame(i * 1_000 + j)));
        });
        for (const batch of batches) {
          if (raw.closed) break;
          // A client that reads nothing may find its connection full, which is a limit as well.
          await Promise.race([raw.send(batch), sleep(1_000)]);
        }
        if (!reading) await sleep(200);
        raw.socket.resume();
        const ended = await raw.untilClosed(ends && reading ? 3_000 : 500);
        if (ends && reading) attack.expect(ended || raw.goaway !== undefined, "The connection was not closed");
        if (!ended) await attack.hold();
      },
    }))
  ),
  {
    title: "S-07 a client that pings every 100 ms is not cut",
    long: true,
    async run(attack) {
      const raw = await attack.raw();
      await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
      for (let i = 0; i < attack.count(15, 300); i++) {
        await raw.send(frameOf(FRAME.ping, 0, { payload: Buffer.alloc(8, i) }));
        await sleep(100);
      }
      attack.expect(!raw.closed && raw.goaway === undefined, "The connection was closed");
      attack.expect(raw.pingAcks.length > 10, `${raw.pingAcks.length} pings were acknowledged`);
    },
  },
  {
    title: "X-settings odd settings: all windows 0, huge tables, 1,000 entries",
    long: true,
    async run(attack) {
      const settings = [setting(4, 0), setting(1, 2 ** 32 - 1), setting(6, 1), setting(3, 0), setting(0x99, 7)];
      const many = Buffer.concat(Array.from({ length: 1_000 }, (_, i) => setting(0x100 + i, i)));
      for (const payload of [...settings, many]) {
        const raw = await attack.raw({ start: false });
        await raw.start(payload);
        await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })), frameOf(FRAME.settings, 0, { flags: ACK }));
        await sleep(50);
      }
    },
  },
];
