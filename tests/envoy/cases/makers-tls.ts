import assert from "node:assert/strict";
import { Agent } from "node:https";
import { get } from "../../../examples/demo/get.ts";
import { edsCluster, httpListener, tlsCertificate, TlsProtocol, trustedCa } from "../../../src/v3/mod.ts";
import { selfSigned } from "../../server/self-signed.ts";
import type { Case } from "../case.ts";
import { certificates } from "../certificates.ts";
import { type SeenRequest, startUpstream } from "../http-upstream.ts";
import { statOf } from "../look.ts";
import type { World } from "../world.ts";

/** TLS on both sides, and HTTP/2 to hosts, by makers of the common thing. */
export const MAKERS_TLS: readonly Case[] = [{
  type: "SDS",
  name: "makers: TLS with secrets and without, by clients with certificates, to hosts with TLS and with HTTP/2",
  async run(world) {
    const [ours, clients] = await certificates(2);
    const hosts = selfSigned("hosts");
    const others = selfSigned("others");
    await using upstreams = new AsyncDisposableStack();
    const overTls = upstreams.use(await startUpstream({ name: "tls", protocol: hosts }));
    const overHttp2 = upstreams.use(await startUpstream({ name: "http2", protocol: "http2" }));
    const { source } = world;
    const at = { port: 0, address: "127.0.0.1" } as const;
    const sds = { source, certificate: "ours" } as const;
    const inline = { certificate: { certificate: ours!.cert, key: ours!.key } };
    const toTls = { sni: "localhost", ca: "hosts", source } as const;
    world.publish([
      httpListener("secure", { ...at, routes: ROUTES, tls: sds }),
      httpListener("inline", {
        ...at,
        routes: ROUTES,
        tls: { ...inline, common: { tlsParams: { tlsMinimumProtocolVersion: TlsProtocol.TLSv1_3 } } },
      }),
      httpListener("mutual", { ...at, routes: ROUTES, tls: { ...sds, clientCa: "clients" } }),
      tlsCertificate("ours", { certificate: ours!.cert, key: ours!.key }),
      trustedCa("clients", clients!.cert),
      trustedCa("hosts", hosts.cert),
      ...edsCluster("tls", [overTls.host], { source, tls: toTls }),
      ...edsCluster("tls2", [overTls.host], { source, tls: { ...toTls, ca: hosts.cert, alpn: ["h2"] }, http2: true }),
      ...edsCluster("unchecked", [overTls.host], { source, tls: { ca: false } }),
      ...edsCluster("other-ca", [overTls.host], { source, tls: { ...toTls, ca: others.cert } }),
      ...edsCluster("other-name", [overTls.host], { source, tls: { ...toTls, sni: "other.test" } }),
      ...edsCluster("http2", [overHttp2.host], {
        source,
        http2: { connectionKeepalive: { interval: { seconds: 30n }, timeout: { seconds: 5n } } },
      }),
    ]);
    await world.startEnvoy();
    const agent = new Agent({ ca: ours!.cert, keepAlive: false });
    const seen = async (listener: string, path: string, by = agent): Promise<SeenRequest> => {
      const { status, body } = await request(world, listener, path, by);
      assert.equal(status, 200, body);
      return JSON.parse(body) as SeenRequest;
    };
    await world.reach("a host over TLS", async () => {
      assert.partialDeepStrictEqual(await seen("secure", "/tls"), {
        upstream: "tls",
        version: "1.1",
        sni: "localhost",
      });
    });
    assert.partialDeepStrictEqual(await seen("secure", "/tls2"), { version: "2.0", sni: "localhost" });
    assert.partialDeepStrictEqual(await seen("secure", "/unchecked"), { upstream: "tls", sni: false });
    assert.partialDeepStrictEqual(await seen("inline", "/http2"), { upstream: "http2", version: "2.0" });
    for (const [name, stat] of [["other-ca", "fail_verify_error"], ["other-name", "fail_verify_san"]] as const) {
      assert.equal((await request(world, "secure", `/${name}`, agent)).status, 503);
      assert.ok(await statOf(world.envoy, `cluster.${name}.ssl.${stat}`) > 0, stat);
    }
    const { key, cert } = clients!;
    assert.equal((await seen("mutual", "/tls", new Agent({ ca: ours!.cert, key, cert }))).upstream, "tls");
    await assert.rejects(request(world, "mutual", "/tls", agent), /alert|ECONNRESET|hang up/i);
    await assert.rejects(
      request(world, "inline", "/tls", new Agent({ ca: ours!.cert, maxVersion: "TLSv1.2" })),
      /alert/i,
    );
  },
}];

const ROUTES = Object.fromEntries(
  ["tls", "tls2", "unchecked", "other-ca", "other-name", "http2"].map((name) => [`/${name}`, name]),
);

async function request(world: World, listener: string, path: string, agent: Agent) {
  return await get(`https://127.0.0.1:${await world.envoy.listenerPort(listener)}${path}`, { agent });
}
