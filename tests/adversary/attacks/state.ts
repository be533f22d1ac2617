import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../../src/v3/mod.ts";
import { DELTA_PATH, type RawStream, SOTW_PATH } from "../../server/raw-client.ts";
import { delta, sotw } from "../messages.ts";
import { until } from "../raw-http2.ts";
import type { Row } from "../row.ts";
import type { ServerSpec } from "../server-command.ts";

/** Pings often, so that a test can wait for them. */
const KEEPALIVE: ServerSpec = { listen: { keepalive: { intervalMs: 1_000, timeoutMs: 1_000 } } };
/** The work is that of a publication, not of the client. */
const PUBLISHING = { cpuRatio: Infinity, heldRatio: Infinity } as const;

/** Publications, reconnecting fleets, restarts and frozen processes. */
export const STATE: readonly Row[] = [
  {
    title: "D-04 publications faster than clients read: all are at the last one in the end",
    limits: { ...PUBLISHING, peakMb: 300 },
    async run(attack) {
      const client = attack.client();
      const streams = Array.from({ length: attack.count(50, 200) }, () => client.open());
      const counts = streams.map((stream) => {
        stream.http.write(sotw({ node: "small" }));
        return acknowledgeAll(stream);
      });
      await attack.reaches(({ streams }) => streams > counts.length);
      const times = attack.count(1_000, 50_000);
      await attack.command({ do: "update", key: "small", times });
      const last = `update ${times - 1}`;
      const all = await until(() => streams.every(({ responses }) => responses.at(-1)?.version === last), 5_000);
      attack.expect(all, "Not all clients are at the last version");
      const isOrdered = streams.every(({ responses }) => {
        const versions = responses.map(({ version }) => Number(version.split(" ")[1] ?? -1));
        return versions.every((version, i) => i === 0 || version > versions[i - 1]!);
      });
      attack.expect(isOrdered, "A client has seen an older version after a newer one");
    },
  },
  ...[[100, 1], [1, 20]].map(([streamsEach, factor]): Row => ({
    title: `D-05 a fleet that reconnects at once, ${streamsEach} streams a connection, twice`,
    limits: { peakMb: 800, heldMb: 150, heldRatio: 200 },
    important: streamsEach === 100,
    async run(attack) {
      for (let round = 0; round < 2; round++) {
        const connections = attack.count(5, 100) * factor!;
        const clients = Array.from({ length: connections }, () => attack.client());
        const started = performance.now();
        const streams = clients.flatMap((client) => Array.from({ length: streamsEach! }, () => client.open()));
        for (const stream of streams) stream.http.write(sotw({ node: "small" }));
        const served = await until(() => streams.every(({ responses }) => responses.length > 0), 60_000);
        attack.expect(served, `${streams.filter(({ responses }) => responses.length === 0).length} were not served`);
        attack.note(`${streams.length} streams in ${((performance.now() - started) / 1000).toFixed(1)} s`);
        if (round === 1) await attack.hold();
        for (const { session } of clients) session.destroy();
        await attack.reaches(({ streams }) => streams <= 1);
      }
    },
  })),
  {
    title: "D-06 clients that reconnect every 100 ms",
    long: true,
    limits: { peakMb: 250, leftMb: 8 },
    async run(attack) {
      const end = performance.now() + attack.count(1_000, 45_000);
      let count = 0;
      await Promise.all(Array.from({ length: attack.count(20, 100) }, async () => {
        while (performance.now() < end) {
          const raw = await attack.raw();
          await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
          await sleep(100);
          raw.socket.destroy();
          count++;
        }
      }));
      attack.note(`${count} connections`);
    },
  },
  {
    title: "D-07 20,000 endpoints in 200 assignments: a change of one sends one",
    long: true,
    server: { snapshots: [{ key: "wide", assignments: 200, endpoints: 100 }] },
    limits: { ...PUBLISHING, peakMb: 400, leftMb: 40, heldMb: 60 },
    async run(attack) {
      const client = attack.client({ settings: { initialWindowSize: 10_000_000 } });
      const streams = Array.from({ length: 20 }, () => client.open({ ":path": DELTA_PATH }));
      for (const stream of streams) stream.http.write(delta({ node: "wide", type: CLUSTER_TYPE }));
      const endpoints = client.open({ ":path": DELTA_PATH });
      endpoints.http.write(delta({ node: "wide", type: ENDPOINT_TYPE, subscribe: ["*"] }));
      await until(
        () => streams.every(({ responses }) => responses.length === 1) && endpoints.responses.length > 0,
        10_000,
      );
      for (const stream of streams) stream.http.write(delta({ type: CLUSTER_TYPE, nonce: stream.responses[0]!.nonce }));
      await attack.command({ do: "update", key: "wide", times: 1 });
      await until(() => streams.every(({ responses }) => responses.length === 2), 5_000);
      attack.expect(endpoints.responses[0]!.resources === 200, `${endpoints.responses[0]?.resources} assignments`);
      attack.expect(streams.every(({ responses }) => responses[1]?.resources === 1), "More than what changed was sent");
    },
  },
  {
    title: "D-08 a snapshot whose clusters refer to endpoints that it lacks: the check names them",
    async run(attack) {
      const problems = await attack.command({ do: "inconsistent" }) as string;
      attack.expect(problems.includes("c0") && problems.includes("c9"), `The check says: ${problems}`);
    },
  },
  {
    title: "D-10 a client with an old version of the same name gets the present content",
    async run(attack) {
      const client = attack.client();
      const old = client.open();
      old.http.write(sotw({ node: "small", version: "1" }));
      attack.expect((await old.received(1)).resources === 10, "Nothing was sent to a client with an old version");
      const oldDelta = client.open({ ":path": DELTA_PATH });
      oldDelta.http.write(delta({ node: "small", subscribe: ["*"], initial: ["c0", "c1"] }));
      attack.expect((await oldDelta.received(1)).resources === 10, "Nothing was sent for old resource versions");
    },
  },
  {
    title: "D-11 no snapshot yet, and one that is cleared: never an empty list",
    async run(attack) {
      const client = attack.client();
      const early = client.open();
      early.http.write(sotw({ node: "later" }));
      const open = client.open();
      open.http.write(sotw({ node: "cleared" }));
      await attack.command({ do: "publish", snapshot: { key: "cleared" } });
      await open.received(1);
      await attack.command({ do: "clear", key: "cleared" });
      await sleep(300);
      attack.expect(early.responses.length === 0 && !early.http.closed, "A client without a snapshot got a response");
      attack.expect(open.responses.length === 1 && !open.http.closed, "A cleared snapshot was sent");
      await attack.command({ do: "publish", snapshot: { key: "later" } });
      attack.expect((await early.received(1)).resources === 10, "The snapshot was not sent when it came");
      await attack.command({ do: "clear", key: "later" });
    },
  },
  {
    title:
      "D-12 a backend that is down, sends garbage or hangs: its last good snapshots are served, and then what differs",
    server: { backend: true },
    limits: PUBLISHING,
    important: true,
    async run(attack) {
      const client = attack.client();
      const [sotwStream, deltaStream] = [client.open(), client.open({ ":path": DELTA_PATH })];
      sotwStream.http.write(sotw({ node: "small" }));
      deltaStream.http.write(delta({ node: "small", subscribe: ["*"] }));
      void acknowledgeAll(sotwStream);
      const { nonce } = await deltaStream.received(1);
      deltaStream.http.write(delta({ nonce }));
      let count = 1;
      for (const is of ["down", "garbage", "hanging"] as const) {
        await attack.command({ do: "backend", is });
        const failed = await attack.reaches(({ backendFailures }) => backendFailures >= 2);
        attack.expect(failed, `No poll of a backend that is ${is} has failed`);
        const late = client.open();
        late.http.write(sotw({ node: "small" }));
        const { resources } = await late.received(1);
        attack.expect(resources === 9 + count, `A new client got ${resources} resources while the backend is ${is}`);
        late.http.close();
        attack.expect(sotwStream.responses.length === count, `Something was sent while the backend is ${is}`);
        await attack.command({ do: "backend", is: "up", snapshot: { key: "small", clusters: 10 + count } });
        count++;
        await until(() => sotwStream.responses.length >= count, 5_000);
        const all = sotwStream.responses.at(-1)?.resources;
        attack.expect(all === 9 + count, `${all} resources after the backend was ${is}, not ${9 + count}`);
        const { resources: changed, nonce } = await deltaStream.received(count);
        attack.expect(changed === 1, `${changed} resources instead of the new one after the backend was ${is}`);
        deltaStream.http.write(delta({ nonce }));
      }
      attack.expect(!sotwStream.http.closed && !deltaStream.http.closed, "A stream was closed");
    },
  },
  {
    title: "D-13 a process that is frozen while pings are out: no healthy client is cut",
    server: KEEPALIVE,
    limits: { blockedMs: 5_000 },
    // Signals of processes: not on Windows.
    important: true,
    async run(attack) {
      const raws = await Promise.all(Array.from({ length: 30 }, () => attack.raw()));
      for (const raw of raws) await raw.send(raw.open(SOTW_PATH, sotw({ node: "small" })));
      for (const ms of attack.count(1, 3) === 1 ? [2_500] : [2_500, 4_000, 6_000]) {
        await sleep(1_050);
        process.kill(attack.pid, "SIGSTOP");
        await sleep(ms);
        process.kill(attack.pid, "SIGCONT");
        await sleep(1_500);
        const cut = raws.filter(({ closed, goaway }) => closed || goaway !== undefined).length;
        attack.expect(cut === 0, `${cut} of 30 clients were cut`);
      }
    },
  },
  {
    title: "D-14 60 types on each of many streams, with publications and requests at once: no deadlock",
    long: true,
    limits: { ...PUBLISHING, heldMb: 120, peakMb: 400 },
    async run(attack) {
      const client = attack.client();
      const streams = Array.from({ length: 20 }, () => client.open());
      const updating = attack.command({ do: "update", key: "small", times: attack.count(500, 10_000), everyMs: 1 });
      for (const [i, stream] of streams.entries()) {
        void acknowledgeAll(stream);
        for (let j = 0; j < 60; j++) {
          stream.http.write(sotw({ node: "small", type: j === 0 ? CLUSTER_TYPE : `t${i}.${j}` }));
        }
      }
      await updating;
      const last = await until(() => streams.every(({ responses }) => responses.length > 1), 5_000);
      attack.expect(last && streams.every(({ http }) => !http.closed), "A stream stands still");
    },
  },
];

/** ACKs each response. */
async function acknowledgeAll(stream: RawStream): Promise<void> {
  for (let i = 1; !stream.http.closed; i++) {
    const response = await Promise.race([stream.received(i), stream.ended]);
    if (!("nonce" in response)) return;
    const { nonce, version } = response as { nonce: string; version: string };
    stream.http.write(sotw({ nonce, version }));
  }
}
