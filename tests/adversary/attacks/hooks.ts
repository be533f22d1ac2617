import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { DELTA_PATH, RawClient, SOTW_PATH } from "../../server/raw-client.ts";
import { delta, sotw } from "../messages.ts";
import { until } from "../raw-http2.ts";
import type { Row } from "../row.ts";
import type { Misbehaviour } from "../server-command.ts";

const HOOKS: readonly Misbehaviour[] = ["throw", "reject", "hang", "throw a proxy", "publish", "clear"];

/** The user's own code, and the end of the process. */
export const HOOK_ROWS: readonly Row[] = [
  ...HOOKS.map((how): Row => ({
    title: `P-01 callbacks that ${how === "publish" || how === "clear" ? `${how} a snapshot` : how}`,
    server: { callbacks: how },
    ends: true,
    important: how === "throw a proxy",
    long: how !== "throw a proxy" && how !== "reject",
    async run(attack) {
      const client = attack.client();
      for (let round = 0; round < 3; round++) {
        for (const path of [SOTW_PATH, DELTA_PATH]) {
          const stream = client.open({ ":path": path });
          stream.http.write(path === SOTW_PATH ? sotw({ node: "small" }) : delta({ node: "small" }));
          await Promise.race([stream.received(1), stream.ended, sleep(500)]);
          const { nonce = "" } = stream.responses[0] ?? {};
          stream.http.write(path === SOTW_PATH ? sotw({ nonce, error: "no" }) : delta({ nonce, error: "no" }));
          await sleep(50);
          stream.http.close(8);
        }
      }
      const closed = await attack.reaches(({ opened, closed, streams }) => opened - closed === streams, 5_000);
      const { opened, closed: closedCalls, streams, faults } = await attack.state();
      attack.expect(closed, `onStreamClose: ${closedCalls} of ${opened}, ${streams} are open`);
      attack.expect(how === "hang" || how === "publish" || how === "clear" || faults > 0, "No fault was reported");
    },
  })),
  ...["once", "twice", "in a storm"].map((how): Row => ({
    title: `P-02 SIGTERM ${how} with streams open`,
    ends: true,
    important: how === "once",
    long: how !== "once",
    async run(attack) {
      const clients = Array.from({ length: 5 }, () => attack.client());
      const streams = clients.flatMap((client) => Array.from({ length: attack.count(20, 200) }, () => client.open()));
      for (const stream of streams) stream.http.write(sotw({ node: "small" }));
      await Promise.all(streams.map((stream) => stream.received(1)));
      const goaways = clients.map(({ session }) => new Promise((resolve) => session.once("goaway", resolve)));
      const started = performance.now();
      process.kill(attack.pid, "SIGTERM");
      if (how === "twice") setTimeout(() => process.kill(attack.pid, "SIGTERM"), 100);
      if (how === "in a storm") {
        for (let i = 0; i < 20; i++) new RawClient(`http://127.0.0.1:${attack.port}`).open().http.on("error", () => {});
      }
      const all = await Promise.race([Promise.all(goaways), sleep(5_000)]);
      attack.expect(all !== undefined, "Not all clients had a GOAWAY");
      const exit = await Promise.race([attack.exited(), sleep(15_000)]);
      attack.expect(exit === 0, `The process has ended with ${exit}`);
      attack.note(`ended after ${((performance.now() - started) / 1000).toFixed(1)} s`);
      const ended = await Promise.all(streams.map(({ ended }) => ended));
      const unavailable = ended.filter(({ "grpc-status": status }) => status === "14").length;
      attack.expect(unavailable > streams.length / 2, `${unavailable} of ${streams.length} ended with UNAVAILABLE`);
    },
  })),
  {
    title: "P-03 more connections than the process has file descriptors: the streams before live",
    ends: true,
    // The limit is that of the process, which Linux can change from outside.
    long: true,
    async run(attack) {
      const stream = attack.client().open();
      stream.http.write(sotw({ node: "small" }));
      await stream.received(1);
      const { execFileSync } = await import("node:child_process");
      execFileSync("prlimit", [`--pid=${attack.pid}`, "--nofile=100:100"]);
      const sockets = await Promise.all(Array.from({ length: 300 }, () => attack.socket().catch(() => undefined)));
      await sleep(1_000);
      stream.http.write(sotw({ nonce: "x", type: "another" }));
      attack.expect(!stream.http.closed, "The stream before was closed");
      for (const socket of sockets) socket?.destroy();
      const after = attack.client().open();
      after.http.write(sotw({ node: "small" }));
      const served = await until(() => after.responses.length > 0, 10_000);
      attack.expect(served, "A stream afterwards was not served");
    },
  },
];
