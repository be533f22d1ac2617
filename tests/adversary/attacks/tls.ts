import { connect as connectTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { SOTW_PATH } from "../../server/raw-client.ts";
import type { Attack } from "../attack.ts";
import { CERTIFICATES, TLS_SERVER } from "../certificates.ts";
import { sotw } from "../messages.ts";
import { RawHttp2, until } from "../raw-http2.ts";
import type { Row } from "../row.ts";

/** Certificates, and protocols that a port does not speak. */
export const TLS: readonly Row[] = [
  {
    title: "S-14 no certificate, one of another authority, old TLS, another protocol, plaintext",
    server: TLS_SERVER,
    async run(attack) {
      const served = await tryTls(attack, { ...CERTIFICATES.attacker }, "attacker");
      attack.expect(served, "A client with a certificate was not served");
      const attempts: Readonly<Record<string, object>> = {
        "no certificate": CERTIFICATES.none,
        "another authority": CERTIFICATES.foreign,
        "TLS 1.1": { ...CERTIFICATES.attacker, minVersion: "TLSv1.1", maxVersion: "TLSv1.1" },
        "HTTP/1.1": { ...CERTIFICATES.attacker, ALPNProtocols: ["http/1.1"] },
      };
      for (const [what, options] of Object.entries(attempts)) {
        attack.expect(!await tryTls(attack, options, "attacker"), `Was served: ${what}`);
      }
      for (const text of ["GET / HTTP/1.1\r\n\r\n", "\0".repeat(500), "\x16\x03\x01\xff\xff"]) {
        const socket = await attack.socket();
        socket.resume().end(text, "latin1");
        await until(() => socket.destroyed, 8_000);
        attack.expect(socket.destroyed, "A connection without TLS is open");
      }
    },
  },
  {
    title: "S-14 TLS to a port without",
    long: true,
    async run(attack) {
      for (let i = 0; i < 10; i++) {
        const tcp = attack.track(connectTcp(attack.port, "127.0.0.1"));
        const tls = connect({ socket: tcp, rejectUnauthorized: false });
        await new Promise<void>((resolve) => tls.once("error", () => resolve()).once("close", () => resolve()));
        tls.destroy();
      }
    },
  },
  {
    title: "I-02 a certificate of one node, the id of another",
    server: TLS_SERVER,
    important: true,
    async run(attack) {
      const before = await attack.state();
      attack.expect(
        !await tryTls(attack, CERTIFICATES.attacker, "healthy"),
        "The other node's configuration was served",
      );
      const { denied } = await attack.state();
      attack.expect(denied > before.denied, "The denial was not counted");
    },
  },
];

/** @returns whether a stream had a response with resources */
async function tryTls(attack: Attack, options: object, nodeId: string): Promise<boolean> {
  const socket = connect({
    port: attack.port,
    host: "127.0.0.1",
    servername: "localhost",
    ALPNProtocols: ["h2"],
    ...options,
  });
  const secure = new Promise<boolean>((resolve) => {
    socket.once("secureConnect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
  attack.track(socket);
  if (!await secure) return false;
  const raw = new RawHttp2(socket);
  await raw.start();
  await raw.send(raw.open(SOTW_PATH, sotw({ node: nodeId })));
  await until(() => raw.closed || raw.dataBytes > 0 || raw.ended.size > 0, 2_000);
  await sleep(20);
  socket.destroy();
  return raw.dataBytes > 0;
}
