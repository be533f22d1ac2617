import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:tls";
import { DownstreamTlsContextSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { Agent } from "node:https";
import { get } from "../../../examples/demo/get.ts";
import type { Resource } from "../../../mod.ts";
import { secret, typedConfig } from "../../../src/v3/mod.ts";
import { type Case, onlyPolls } from "../case.ts";
import { type Certificate, certificates } from "../certificates.ts";
import { expectOk } from "../load.ts";
import { rejectedAPoll } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import { type Mode, sourceOf } from "../modes.ts";
import type { World } from "../world.ts";

/** Certificates, by SDS. */
export const SECRETS: readonly Case[] = [
  {
    type: "SDS",
    name: "certificates rotate under load: new connections and kept ones",
    async run(world) {
      const all = await certificates(10);
      const ca = all.map(({ cert }) => cert);
      await startWith(world, all[0]!);
      const port = await world.envoy.listenerPort("https");
      const urls = [`https://127.0.0.1:${port}/`];
      const fresh = world.load({ urls, agent: { ca, keepAlive: false, maxCachedSessions: 0 } });
      const kept = world.load({ urls, agent: { ca } });
      for (const certificate of all.slice(1)) {
        world.change({ update: [certificateSecret(certificate)] });
        await shows(world, certificate);
        await Promise.all([fresh.pass(5), kept.pass(5)]);
      }
    },
  },
  {
    type: "SDS",
    name: "a certificate that comes late, and one that cannot be used",
    async run(world) {
      const [first, next] = await certificates(2) as [Certificate, Certificate];
      world.publish(resources(world));
      await world.startEnvoy();
      // There is a listener already, which waits for its secret before it opens.
      await world.reach("the listener to be known", async () => {
        assert.match(await world.envoy.admin("/config_dump?resource=dynamic_listeners"), /"name": "https"/);
      });
      world.change({ update: [certificateSecret(first)] });
      await shows(world, first);
      world.change({ update: [certificateSecret({ ...next, cert: first.cert })] });
      await rejects(world, /private key/i);
      await shows(world, first);
      world.change({ update: [certificateSecret(next)] });
      await shows(world, next);
    },
  },
];

async function rejects(world: World, reason: RegExp): Promise<void> {
  if (onlyPolls(world.mode)) return await rejectedAPoll(world, reason);
  const { nacks } = world.server.journal;
  await world.reach("a NACK", () => assert.equal(nacks.length, 1));
  assert.match(nacks.splice(0)[0]!.message, reason);
}

/** Starts Envoy with a listener that shows a certificate. */
export async function startWith(world: World, certificate: Certificate): Promise<void> {
  world.publish([...resources(world), certificateSecret(certificate)]);
  await world.startEnvoy();
  await shows(world, certificate);
  const port = await world.envoy.listenerPort("https");
  const agent = new Agent({ ca: certificate.cert, keepAlive: false });
  await world.reach("a response", async () => expectOk(await get(`https://127.0.0.1:${port}/`, { agent })));
}

function resources({ mode, upstreams }: World): Resource[] {
  return [
    edsCluster(mode, "echo"),
    endpointAt("echo", upstreams.a.port),
    httpListener(mode, "https", { chain: { transportSocket: tlsBy(mode) } }),
    routesOf("https", "1", [toCluster("echo")]),
  ];
}

function tlsBy(mode: Mode) {
  const context = typedConfig(DownstreamTlsContextSchema, {
    commonTlsContext: { tlsCertificateSdsSecretConfigs: [{ name: "certificate", sdsConfig: sourceOf(mode) }] },
  });
  return { name: "envoy.transport_sockets.tls", configType: { case: "typedConfig", value: context } } as const;
}

/** The secret that the listener uses. */
export function certificateSecret({ key, cert }: Certificate): Resource {
  return secret({
    name: "certificate",
    type: {
      case: "tlsCertificate",
      value: {
        certificateChain: { specifier: { case: "inlineString", value: cert } },
        privateKey: { specifier: { case: "inlineString", value: key } },
      },
    },
  });
}

/** Waits until a new connection meets the certificate. */
export function shows(world: World, { fingerprint256 }: Certificate): Promise<void> {
  return world.reach("the certificate on new connections", async () => {
    const port = await world.envoy.listenerPort("https");
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    try {
      await once(socket, "secureConnect", { signal: AbortSignal.timeout(5_000) });
      assert.equal(socket.getPeerCertificate().fingerprint256, fingerprint256);
    } finally {
      socket.destroy();
    }
  });
}
