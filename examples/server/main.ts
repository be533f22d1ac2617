import process from "node:process";
import { parseArgs } from "node:util";
import { stopOnSignals } from "../../src/node/mod.ts";
import { startExample } from "./server.ts";

const HELP = `An xDS server, and an HTTP upstream that its clients are led to.

  node examples/server/main.ts [options]
  deno run -A examples/server/main.ts [options]

  --port <port>           of the xDS server on 127.0.0.1 (default: 18000)
  --listener-port <port>  for Envoy to listen on (default: 10000)
  --upstream-port <port>  of the upstream on 127.0.0.1 (default: 18080)
  --interval <seconds>    between changes of the routes, which each response shows
                          in its header x-config-version (default: 10)
  --help                  show this text
`;

await main().catch((error: Error & { code?: string }) => {
  fail(error.code?.startsWith("ERR_PARSE_ARGS") ? `${error.message}; see --help` : error.message);
});

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) {
    console.log(HELP);
    return;
  }
  const example = await startExample({ ...options, print });
  print(`xDS on 127.0.0.1:${example.port}; Envoy will listen on 127.0.0.1:${options.listenerPort}`);
  print("waiting for an Envoy to connect (npm run demo starts one, with a server of its own); Ctrl+C ends this");
  const timer = setInterval(() => example.publish(), options.intervalMs);
  stopOnSignals(async () => {
    clearInterval(timer);
    print("stopping; a second signal ends this at once");
    await example.stop();
    print("stopped");
  });
}

function readOptions(): { port: number; listenerPort: number; upstreamPort: number; intervalMs: number } | undefined {
  const { values } = parseArgs({
    options: {
      "port": { type: "string", default: "18000" },
      "listener-port": { type: "string", default: "10000" },
      "upstream-port": { type: "string", default: "18080" },
      "interval": { type: "string", default: "10" },
      "help": { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: "port" | "listener-port" | "upstream-port" | "interval"): number => {
    const value = Number(values[name]);
    if (values[name].trim() === "" || !(value >= 0)) fail(`--${name} must be a number, not "${values[name]}"`);
    if (name !== "interval" && !(value <= 65_535)) fail(`--${name} must be a port, at most 65535, not ${value}`);
    return value;
  };
  const interval = number("interval");
  if (interval === 0) fail("--interval must be above 0");
  return {
    port: number("port"),
    listenerPort: number("listener-port"),
    upstreamPort: number("upstream-port"),
    intervalMs: interval * 1000,
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function print(line: string): void {
  console.log(`${new Date().toLocaleTimeString("en-GB")}  ${line}`);
}
