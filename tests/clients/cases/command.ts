import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { commandOf, ServeCommand } from "../../cli/envoy/command.ts";
import { TestAuthority } from "../../server/test-authority.ts";
import type { Backend } from "../backend.ts";
import { type Case, speaksV3 } from "../case.ts";
import type { World } from "../world.ts";

/** The command `xds`: its server, and the bootstraps that it prints. */
export const COMMAND: readonly Case[] = [
  {
    name: "xds serve and xds bootstrap --grpc",
    clients: speaksV3,
    run: (world) => follows(world, () => ({ serve: [], bootstrap: [] })),
  },
  {
    name: "xds serve and xds bootstrap --grpc with certificates of both",
    // grpc-js cannot read a bootstrap with these, and grpc-java trusts the authorities of its platform only.
    clients: ({ name }) => name === "grpc-go" || name === "grpcio",
    run: (world) => follows(world, certificatesIn),
  },
];

interface Options {
  readonly serve: readonly string[];
  readonly bootstrap: readonly string[];
}

async function follows(world: World, optionsIn: (folder: string) => Options | Promise<Options>): Promise<void> {
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "xds-grpc-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));
  const { a, b } = world.backends;
  const files = join(folder, "echo.yaml");
  await writeFile(files, echoAt(a));
  const options = await optionsIn(folder);
  const command = running.use(new ServeCommand("node", files, options.serve));
  const server = `--server=127.0.0.1:${await command.port()}`;
  const file = join(folder, "bootstrap.json");
  await writeFile(file, await bootstrap(["--grpc", "--node=client", server, ...options.bootstrap]));
  const by = world.start({ GRPC_XDS_BOOTSTRAP: file });
  await world.meets(["a"], { by });
  await writeFile(files, echoAt(b));
  await world.meets(["b"], { by });
}

async function certificatesIn(folder: string): Promise<Options> {
  const authority = new TestAuthority("ca");
  const file = async (option: string, text: string): Promise<string> => {
    const path = join(folder, `${option}.pem`);
    await writeFile(path, text);
    return path;
  };
  try {
    const ca = await file("ca", authority.cert);
    const [server, client] = [authority.issue("server", ["IP:127.0.0.1"]), authority.issue("client")];
    const pair = async (name: string, { cert, key }: typeof server) => [
      `--tls-cert=${await file(`${name}-cert`, cert)}`,
      `--tls-key=${await file(`${name}-key`, key)}`,
    ];
    return {
      serve: [...await pair("server", server), `--tls-client-ca=${ca}`],
      bootstrap: [...await pair("client", client), `--tls-ca=${ca}`],
    };
  } finally {
    authority.remove();
  }
}

async function bootstrap(args: readonly string[]): Promise<string> {
  const [program, ...before] = commandOf("node", "bootstrap", "");
  return (await promisify(execFile)(program!, [...before, ...args])).stdout;
}

/** What `xds:///echo` needs, as files have it. */
function echoAt({ port }: Backend): string {
  return `resources:
- "@type": type.googleapis.com/envoy.config.listener.v3.Listener
  name: echo
  api_listener:
    api_listener:
      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
      stat_prefix: echo
      rds: { route_config_name: echo, config_source: { resource_api_version: V3, ads: {} } }
      http_filters:
      - name: router
        typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
- "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
  name: echo
  virtual_hosts:
  - { name: all, domains: ["*"], routes: [{ match: { prefix: "" }, route: { cluster: echo } }] }
- "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
  name: echo
  type: EDS
  eds_cluster_config: { eds_config: { resource_api_version: V3, ads: {} } }
- "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
  cluster_name: echo
  endpoints:
  - locality: { region: here }
    load_balancing_weight: 1
    lb_endpoints:
    - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${port} } } }
`;
}
