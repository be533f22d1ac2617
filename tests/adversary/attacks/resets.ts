import { SOTW_PATH } from "../../server/raw-client.ts";
import type { Attack } from "../attack.ts";
import { sotw } from "../messages.ts";
import { END_STREAM, FRAME, frameOf, type RawHttp2, uint32, until } from "../raw-http2.ts";
import type { Row } from "../row.ts";

const CANCEL = 8;

/** Streams that are reset: by the client, or by a server that the client makes do it. */
export const RESETS: readonly Row[] = [
  {
    title: "S-02 rapid reset on one connection",
    important: true,
    async run(attack) {
      const raw = await attack.raw();
      await resetMany(raw, attack.count(20_000, 20_000));
      attack.expect(await raw.untilClosed(5_000) || raw.goaway !== undefined, "The connection was not closed");
      const { opened } = await attack.state();
      attack.expect(opened < 5_000, `${opened} streams were opened`);
    },
  },
  {
    title: "S-02 rapid reset with requests, on a new connection after each GOAWAY",
    limits: { peakMb: 400 },
    async run(attack) {
      const connections = attack.count(10, 100);
      for (let i = 0; i < connections; i++) {
        const raw = await attack.raw();
        await resetMany(raw, 900, sotw({ node: "small" }));
        await until(() => raw.closed || raw.goaway !== undefined || raw.ended.size > 0, 500);
        raw.socket.destroy();
      }
    },
  },
  ...Object.entries(MADE_RESETS()).map(([what, frames]): Row => ({
    title: `S-03 the server is made to reset: ${what}`,
    important: what === "a WINDOW_UPDATE of 0",
    long: !["a WINDOW_UPDATE of 0", "a message of a wrong length"].includes(what),
    async run(attack: Attack) {
      const raw = await attack.raw();
      for (let i = 0; i < 200 && !raw.closed; i++) {
        await raw.send(...Array.from({ length: 100 }, () => {
          const opening = raw.open(SOTW_PATH);
          return Buffer.concat([opening, frames(opening.readUInt32BE(5))]);
        }));
      }
      attack.expect(await raw.untilClosed(5_000) || raw.goaway !== undefined, "The connection was not closed");
    },
  })),
];

/** Frames that break a rule of a stream. */
function MADE_RESETS(): Readonly<Record<string, (stream: number) => Buffer>> {
  return {
    "DATA behind the end of a stream": (stream) =>
      Buffer.concat([
        frameOf(FRAME.data, stream, { flags: END_STREAM }),
        frameOf(FRAME.data, stream, { payload: Buffer.of(1) }),
      ]),
    "a WINDOW_UPDATE of 0": (stream) => frameOf(FRAME.windowUpdate, stream, { payload: uint32(0) }),
    "a window that overflows": (stream) => frameOf(FRAME.windowUpdate, stream, { payload: uint32(2 ** 31 - 1) }),
    "PRIORITY of a wrong length": (stream) => frameOf(FRAME.priority, stream, { payload: Buffer.of(1) }),
    "a message of a wrong length": (stream) =>
      frameOf(FRAME.data, stream, { payload: Buffer.of(1, 0, 0, 0, 0), flags: END_STREAM }),
  };
}

async function resetMany(raw: RawHttp2, count: number, body?: Uint8Array): Promise<void> {
  const batch = 100;
  for (let i = 0; i < count && !raw.closed; i += batch) {
    await raw.send(...Array.from({ length: batch }, () => {
      const opening = raw.open(SOTW_PATH, body);
      return Buffer.concat([
        opening,
        frameOf(FRAME.rst, opening.readUInt32BE(5), { payload: uint32(CANCEL) }),
      ]);
    }));
  }
}
