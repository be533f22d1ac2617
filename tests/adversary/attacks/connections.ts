import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { SOTW_PATH } from "../../server/raw-client.ts";
import type { Attack } from "../attack.ts";
import { CERTIFICATES, TLS_SERVER } from "../certificates.ts";
import { sotw } from "../messages.ts";
import { FRAME, frameOf, PREFACE, uint32, until } from "../raw-http2.ts";
import type { Row } from "../row.ts";
import type { ServerSpec } from "../server-command.ts";

/** Limits of time that a test can wait for. */
const QUICK: ServerSpec = {
  listen: {
    handshakeTimeoutMs: 1_500,
    idleTimeoutMs: 1_500,
    keepalive: { intervalMs: 700, timeoutMs: 700 },
  },
  options: { firstRequestTimeoutMs: 2_000 },
};

/** Connections: many, silent, half-open, or at once. */
export const CONNECTIONS: readonly Row[] = [
  {
    title: "S-08 a window of the connection that overflows, on many connections (CVE-2026-21714)",
    long: true,
    limits: { peakMb: 60 },
    async run(attack) {
      for (let i = 0; i < attack.count(200, 3_000); i++) {
        const raw = await attack.raw();
        await raw.send(frameOf(FRAME.windowUpdate, 0, { payload: uint32(2 ** 31 - 1) }));
        attack.expect(await raw.untilClosed(5_000) || raw.goaway !== undefined, "The connection was not closed");
        raw.socket.destroy();
      }
    },
  },
  {
    title: "S-09 connections that send nothing, half a preface, or no stream are closed",
    server: QUICK,
    important: true,
    run: (attack) =>
      expectClosed(attack, {
        count: attack.count(60, 200),
        kinds: [Buffer.of(), PREFACE.subarray(0, 10), Buffer.concat([PREFACE, frameOf(FRAME.settings, 0)])],
        open: () => attack.socket(),
      }),
  },
  {
    long: true,
    title: "S-09 the same to TLS: nothing, the begin of a hello, a handshake alone",
    server: TLS_SERVER,
    limits: { heldRatio: 150 },
    async run(attack) {
      const hello = Buffer.from("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "latin1");
      await expectClosed(attack, {
        count: attack.count(30, 200),
        kinds: [Buffer.of(), hello],
        open: () => attack.socket(),
      });
      await expectClosed(attack, { count: attack.count(10, 100), kinds: [Buffer.of()], open: () => openTls(attack) });
    },
  },
  {
    important: true,
    title: "S-10 a client that stops to acknowledge pings is closed",
    server: QUICK,
    async run(attack) {
      const silent = await Promise.all(Array.from({ length: 20 }, () => attack.raw()));
      for (const raw of silent) {
        raw.responsive = false;
        await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
      }
      await attack.reaches(({ streams }) => streams > 20);
      const closed = await Promise.all(silent.map((raw) => raw.untilClosed(6_000)));
      attack.expect(closed.every(Boolean), "A connection was not closed");
    },
  },
  {
    title: "S-11 the 1,001st stream of a connection",
    // Node ends a connection that ignores the limit: PROTOCOL_ERROR.
    limits: { heldRatio: 400 },
    async run(attack) {
      const raw = await attack.raw();
      for (let i = 0; i < 12 && !raw.closed; i++) {
        await raw.send(...Array.from({ length: 100 }, () => raw.open(SOTW_PATH)));
      }
      await attack.hold();
      const { streams } = await attack.state();
      attack.expect(streams <= 1_001, `${streams} streams are open`);
    },
  },
  {
    title: "S-11 more connections than maxConnections",
    server: { listen: { maxConnections: 100 } },
    async run(attack) {
      const before = await attack.state();
      const sockets = await Promise.all(Array.from({ length: 150 }, () => attack.socket().catch(() => undefined)));
      await attack.reaches(({ refused }) => refused >= before.refused + 51);
      const { connections, refused } = await attack.state();
      attack.expect(connections <= 100, `${connections} connections are open`);
      attack.expect(refused - before.refused === 51, `${refused - before.refused} connections were refused`);
      for (const socket of sockets) socket?.destroy();
    },
  },
  {
    title: "S-12 12 MB in flight, then another stream of the same connection is served",
    long: true,
    server: { snapshots: [{ key: "big", clusters: 100, clusterBytes: 120_000 }] },
    // The snapshot is encoded and framed once, for all that come later.
    limits: { heldMb: 60, leftMb: 40, heldRatio: Infinity, cpuRatio: Infinity },
    async run(attack) {
      const client = attack.client({ settings: { initialWindowSize: 65_535 } });
      const stalled = client.open();
      stalled.http.write(sotw({ node: "big" }));
      await attack.reaches(({ unsentBytes }) => unsentBytes > 5_000_000, 3_000);
      stalled.http.pause();
      const next = client.open();
      next.http.write(sotw({ node: "small" }));
      const served = await Promise.race([next.received(1), sleep(5_000)]);
      attack.expect(served !== undefined, "The second stream was not served");
    },
  },
  {
    title: "X-connflood connects, opens a stream and closes, as fast as it can",
    long: true,
    limits: { peakMb: 250 },
    async run(attack) {
      const end = performance.now() + attack.count(1_000, 10_000);
      let count = 0;
      while (performance.now() < end) {
        await Promise.all(Array.from({ length: 10 }, async () => {
          const raw = await attack.raw();
          await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
          await until(() => raw.responses > 0 || raw.closed, 2_000);
          raw.socket.destroy();
          count++;
        }));
      }
      attack.note(`${count} connections`);
    },
  },
  {
    title: "X-idle-streams streams without a request: what they hold, and when they end",
    server: QUICK,
    // A stream costs the same however few bytes opened it: the table of docs/security.md says how much.
    limits: { heldRatio: 1_000, heldMb: 60 },
    async run(attack) {
      for (const path of [SOTW_PATH, "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters"]) {
        const raws = await Promise.all(Array.from({ length: attack.count(1, 5) }, () => attack.raw()));
        const opened = raws.length * 900;
        for (const raw of raws) await raw.send(...Array.from({ length: 900 }, () => raw.open(path)));
        const held = await attack.hold();
        attack.note(`${path.split("/").at(-1)}: ${(held / opened).toFixed(0)} bytes a stream`);
        const ended = await until(() => raws.every(({ ended, closed }) => closed || ended.size === 900), 14_000);
        attack.expect(ended, `Streams are still open: ${raws.map(({ ended }) => ended.size)} of 900 have ended`);
        for (const { socket } of raws) socket.destroy();
      }
    },
    long: true,
  },
];

interface Silent {
  readonly count: number;
  /** What is sent before silence. */
  readonly kinds: readonly Buffer[];
  open(): Promise<Socket>;
}

async function expectClosed(attack: Attack, { count, kinds, open }: Silent): Promise<void> {
  const sockets: Socket[] = [];
  for (const bytes of kinds) {
    for (let i = 0; i < count; i++) {
      const socket = await open();
      socket.resume().write(bytes);
      sockets.push(socket);
    }
  }
  await attack.hold();
  const closed = await until(() => sockets.every(({ destroyed }) => destroyed), 8_000);
  attack.expect(closed, `${sockets.filter(({ destroyed }) => !destroyed).length} connections are open`);
}

async function openTls(attack: Attack): Promise<Socket> {
  const socket = attack.track(connect({ port: attack.port, ...CERTIFICATES.attacker, ALPNProtocols: ["h2"] }));
  await once(socket, "secureConnect");
  return socket;
}
