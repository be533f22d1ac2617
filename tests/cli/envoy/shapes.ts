import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Envoy, startEnvoy } from "../../../examples/demo/envoy.ts";
import { get } from "../../../examples/demo/get.ts";
import { ensureEnvoy } from "../../../examples/demo/install-envoy.ts";
import { waitFor } from "../../../examples/demo/wait-for.ts";
import { startUpstream } from "../../envoy/http-upstream.ts";
import { type KeyPair, TestAuthority } from "../../server/test-authority.ts";
import { type CommandName, commandOf, ServeCommand } from "./command.ts";

const run = promisify(execFile);
const HCM = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

/** What an Envoy had in its own file, it gets from the command: as a bootstrap, and as the dump of another Envoy. */
export async function checkShapes(runtime: string): Promise<void> {
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "xds-shapes-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));
  const upstream = running.use(await startUpstream({ name: "static" }));
  const bootstrap = join(folder, "envoy.json");
  await writeFile(bootstrap, JSON.stringify(staticBootstrap(upstream.port)));
  const first = running.use(await startWith(runtime, bootstrap, { running }));
  await responds(first);
  const dump = join(folder, "dump.json");
  await writeFile(dump, await first.admin("/config_dump?include_eds"));
  const second = running.use(await startWith(runtime, dump, { running }));
  await responds(second);
  console.log(`${runtime}: the static resources of a bootstrap are served, and those of a config dump`);
  const overTls = running.use(await startWith(runtime, bootstrap, { running, certificates: certificatesIn(folder) }));
  await responds(overTls);
  console.log(`${runtime}: both sides have certificates`);
  await bootstrapsAreAccepted(runtime, folder);
  await validates(runtime, { folder, bootstrap });
  const { definitions } = JSON.parse(await xds(runtime, ["schema"]));
  assert.match(definitions["envoy.config.cluster.v3.Cluster"].properties.name.description, /^Supplies the name/);
}

/** The options by which a server and an Envoy present certificates. */
interface Certificates {
  readonly serve: readonly string[];
  readonly bootstrap: readonly string[];
}

function certificatesIn(folder: string): Certificates {
  const authority = new TestAuthority("ca");
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const pair = (name: string, { key, cert }: KeyPair) => {
    return [`--tls-cert=${file(`${name}.crt`, cert)}`, `--tls-key=${file(`${name}.key`, key)}`];
  };
  const ca = file("ca.crt", authority.cert);
  const serve = [...pair("server", authority.issue("server", ["DNS:xds.example.com"])), `--tls-client-ca=${ca}`];
  const client = pair("edge", authority.issue("edge"));
  authority.remove();
  return { serve, bootstrap: [...client, `--tls-ca=${ca}`, "--tls-server-name=xds.example.com"] };
}

/** Serves one file to an Envoy, which starts with what `xds bootstrap` prints. */
async function startWith(
  runtime: string,
  file: string,
  { running, certificates = { serve: [], bootstrap: [] } }: {
    readonly running: AsyncDisposableStack;
    readonly certificates?: Certificates;
  },
): Promise<Envoy> {
  const command = running.use(new ServeCommand(runtime, file, certificates.serve));
  const server = `127.0.0.1:${await command.port()}`;
  return await startEnvoy({
    config: JSON.parse(
      await xds(runtime, ["bootstrap", "--admin-port=0", `--server=${server}`, ...certificates.bootstrap]),
    ),
  });
}

async function responds(envoy: Envoy): Promise<void> {
  const port = await waitFor("the listener", () => envoy.listenerPort("static"));
  const { body } = await waitFor("a response", async () => {
    const response = await get(`http://127.0.0.1:${port}/`);
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return response;
  });
  assert.equal(JSON.parse(body).upstream, "static");
}

async function bootstrapsAreAccepted(runtime: string, folder: string): Promise<void> {
  const variants = [["--delta"], ["--sotw"], ["--rest"], ["--server=xds.example.com:443"]];
  for (const options of variants) {
    const file = join(folder, "made.json");
    await writeFile(file, await xds(runtime, ["bootstrap", "--node=n", "--cluster=c", ...options]));
    await run(await ensureEnvoy(), ["--mode", "validate", "--config-path", file]);
  }
  console.log(`${runtime}: Envoy accepts ${variants.length} bootstraps`);
}

/** The real Envoy's verdict is one of `xds validate`, too. */
async function validates(
  runtime: string,
  { folder, bootstrap }: { readonly folder: string; readonly bootstrap: string },
): Promise<void> {
  await xds(runtime, ["validate --envoy-path", await ensureEnvoy(), bootstrap]);
  const twice = join(folder, "twice.json");
  await writeFile(twice, JSON.stringify(withClusterTwice(JSON.parse(await readFile(bootstrap, "utf8")))));
  const envoys = await failureOf(run(await ensureEnvoy(), ["--mode", "validate", "--config-path", twice]));
  assert.match(envoys.stderr, /duplicate cluster 'static'/);
  assert.match((await failureOf(xds(runtime, ["validate", twice]))).stdout, /clusters\[1\]: "static" is given twice/);
  const wrong = join(folder, "wrong.yaml");
  await writeFile(wrong, '"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\nname: ""\n');
  const { code, stdout } = await failureOf(xds(runtime, ["validate", "--github", wrong]));
  assert.equal(code, 1);
  assert.match(stdout, /^::error file=.*wrong\.yaml,line=1,col=1/);
}

interface Failure {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program ended that has to fail. */
function failureOf(running: Promise<unknown>): Promise<Failure> {
  return running.then(() => assert.fail("it has not failed"), (error) => error as Failure);
}

async function xds(runtime: string, [name, ...args]: readonly [CommandName, ...string[]]): Promise<string> {
  const [program, ...before] = commandOf(runtime, name, tmpdir());
  return (await run(program!, [...before, ...args], { maxBuffer: 16 * 1024 * 1024 })).stdout;
}

/** Other projects have such in what they test, and Envoy refuses it. */
function withClusterTwice(bootstrap: ReturnType<typeof staticBootstrap>): object {
  const { static_resources: { clusters, ...others }, ...rest } = bootstrap;
  return { ...rest, static_resources: { ...others, clusters: [...clusters, ...clusters] } };
}

function staticBootstrap(port: number) {
  const address = (each: number) => ({ socket_address: { address: "127.0.0.1", port_value: each } });
  const hcm = {
    "@type": `type.googleapis.com/${HCM}`,
    stat_prefix: "static",
    route_config: {
      name: "static",
      virtual_hosts: [{
        name: "all",
        domains: ["*"],
        routes: [{ match: { prefix: "/" }, route: { cluster: "static" } }],
      }],
    },
    http_filters: [{ name: "router", typed_config: { "@type": `type.googleapis.com/${ROUTER}` } }],
  };
  return {
    node: { id: "old", cluster: "old" },
    admin: { address: address(9901) },
    static_resources: {
      listeners: [{
        name: "static",
        address: address(0),
        filter_chains: [{ filters: [{ name: "hcm", typed_config: hcm }] }],
      }],
      clusters: [{
        name: "static",
        type: "STATIC",
        load_assignment: {
          cluster_name: "static",
          endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
        },
      }],
    },
  };
}
