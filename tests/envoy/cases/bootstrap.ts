import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureEnvoy } from "../../../examples/demo/install-envoy.ts";
import { createDiscoveryServer, Snapshot, SnapshotCache } from "../../../mod.ts";
import { listen } from "../../../src/node/mod.ts";
import { bootstrap, CLUSTER_TYPE, type EnvoyBootstrapOptions, LISTENER_TYPE } from "../../../src/v3/mod.ts";
import { startEnvoy } from "../../../examples/demo/envoy.ts";
import { type Certificate, certificates } from "../certificates.ts";
import type { Case } from "../case.ts";
import type { World } from "../world.ts";

const ONCE: Pick<Case, "type" | "modes"> = { type: "all", modes: ({ name }) => name === "ads-delta" };
const NODE = "edge-1";

/** The bootstrap that `bootstrap()` makes. */
export const BOOTSTRAP: readonly Case[] = [
  {
    ...ONCE,
    name: "Envoy accepts each bootstrap that bootstrap() makes",
    async run() {
      const [certificate] = await certificates(1);
      await withFiles(certificate!, async (tls, folder) => {
        for (const options of allOptions(tls)) await validate(folder, options);
      });
    },
  },
  ...(["delta", "sotw", "rest"] as const).map((variant): Case => ({
    ...ONCE,
    name: `Envoy is configured over mutual TLS by the bootstrap that bootstrap() makes: ${variant}`,
    async run(world) {
      const [certificate] = await certificates(1);
      await withFiles(certificate!, (tls) => connects(world, variant, { certificate: certificate!, tls }));
    },
  })),
];

function allOptions(tls: NonNullable<EnvoyBootstrapOptions["tls"]>): EnvoyBootstrapOptions[] {
  const servers = ["127.0.0.1:18000", "xds.example.com:18000", "[::1]:18000"];
  return servers.flatMap((server) =>
    ([
      {},
      { variant: "sotw" },
      { variant: "delta", aggregated: false, cluster: "edge" },
      { variant: "rest", pollMs: 500 },
      { adminPort: 0, nodeOnFirstMessageOnly: false, initialFetchTimeoutMs: 2500 },
      { tls },
      { tls: { caFile: tls.caFile, serverName: "control.example.com" } },
    ] as const).map((each) => ({ server, node: NODE, ...each }))
  );
}

async function validate(folder: string, options: EnvoyBootstrapOptions): Promise<void> {
  const path = join(folder, "envoy.json");
  await writeFile(path, JSON.stringify(bootstrap(options)));
  await promisify(execFile)(await ensureEnvoy(), ["--mode", "validate", "-l", "error", "-c", path]).catch((error) => {
    assert.fail(`${JSON.stringify(options)}: ${error.stderr}`);
  });
}

interface Files {
  readonly certificate: Certificate;
  readonly tls: NonNullable<EnvoyBootstrapOptions["tls"]>;
}

async function connects(
  world: World,
  variant: "delta" | "sotw" | "rest",
  { certificate: { key, cert }, tls }: Files,
): Promise<void> {
  const cache = new SnapshotCache();
  cache.setSnapshot(NODE, new Snapshot());
  const server = createDiscoveryServer({ cache, log: false });
  await using running = await listen(server, { port: 0, tls: { key, cert, ca: cert } });
  const options = { server: `127.0.0.1:${running.port}`, node: NODE, adminPort: 0, variant, tls };
  await using envoy = await startEnvoy({ config: bootstrap(options) });
  await world.reach("Envoy", () => envoy.ready());
  if (variant === "rest") return;
  await world.reach("the types that Envoy requests", () => {
    for (const typeUrl of [CLUSTER_TYPE, LISTENER_TYPE]) {
      const { text, findings } = server.explain(NODE, typeUrl);
      assert.ok(findings.some(({ reason }) => reason === "in-sync"), text);
    }
  });
}

async function withFiles(
  { key, cert }: Certificate,
  use: (tls: NonNullable<EnvoyBootstrapOptions["tls"]>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "bootstrap-"));
  try {
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
    await use({ caFile: certFile, certFile, keyFile }, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
