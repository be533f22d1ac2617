import { SOTW_PATH } from "../../server/raw-client.ts";
import type { Attack } from "../attack.ts";
import type { Row } from "../row.ts";

const REST_PATH = "/v3/discovery:clusters";

/** Requests that a URL cannot be made of, and those that are no requests of this API. */
export const AUTHORITIES: readonly Row[] = [
  {
    title: "S-01 authorities and paths that are not URLs",
    important: true,
    async run(attack) {
      const authorities = ["a:99999", "%", "[", "xDS:Cluster", "", "a".repeat(60_000), "a/b", "a@b:c", "\u007f"];
      const paths = [SOTW_PATH, REST_PATH, "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters"];
      for (const path of [...paths, `${SOTW_PATH}?x`, "//", "http://[", "/?%", "*"]) {
        for (const authority of paths.includes(path) ? authorities : ["localhost"]) {
          const client = attack.client({ maxSendHeaderBlockLength: 200_000 });
          const stream = client.open({ ":path": path, ":authority": authority });
          stream.http.end();
          await stream.ended;
          client.session.destroy();
        }
      }
    },
  },
  {
    title: "S-01 HTTP/1.0, and bytes that are not HTTP",
    important: true,
    async run(attack) {
      const texts = ["GET / HTTP/1.0\r\n\r\n", "\0".repeat(100), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGARBAGE, and more"];
      for (const text of [...texts, "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "A".repeat(100_000)]) {
        for (const port of [attack.port, attack.restPort]) {
          const socket = await attack.socket(port);
          const closed = new Promise((resolve) => socket.once("close", resolve));
          socket.resume().end(text);
          await closed;
        }
      }
    },
  },
  {
    title: "S-13 wrong content types, methods, paths and protocols",
    long: true,
    async run(attack) {
      const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
        [{ "content-type": "application/json" }, /^415/],
        [{ "content-type": "text/plain" }, /^415/],
        [{ "content-type": "" }, /^415/],
        [{ "content-type": "application/grpc-web" }, /^415/],
        [{ "content-type": "application/grpc+json" }, /^415/],
        [{ ":method": "GET" }, /^405/],
        [{ ":method": "DELETE" }, /^405/],
        // To a client of gRPC the status is one of gRPC: UNIMPLEMENTED.
        [{ ":path": "/" }, /^200 12/],
        [{ ":path": "/nope/Nope" }, /^200 12/],
        [{ ":path": `${SOTW_PATH}/` }, /^200 12/],
        [{ ":path": REST_PATH, ":method": "GET", "content-type": "application/json" }, /^405/],
        [{ ":path": REST_PATH, "content-type": "application/grpc" }, /^415/],
        [{ ":path": "/v3/discovery:nope", "content-type": "application/json" }, /^404/],
      ];
      for (const [headers, status] of cases) {
        const found = await statusOf(attack, headers);
        attack.expect(status.test(found), `${JSON.stringify(headers)} has the status ${found}`);
      }
    },
  },
  {
    title: "I-05 no path shows the state of the server",
    long: true,
    async run(attack) {
      for (const path of ["/", "/status", "/metrics", "/debug", "/config_dump", "/streams", "/<script>"]) {
        for (const method of ["GET", "POST"]) {
          const headers = { ":path": path, ":method": method, host: "evil.example", "content-type": "text/plain" };
          const found = await statusOf(attack, headers);
          attack.expect(found.startsWith("404"), `${method} ${path} has the status ${found}`);
        }
      }
    },
  },
];

async function statusOf(attack: Attack, headers: Record<string, string>): Promise<string> {
  const client = attack.client();
  const stream = client.open(headers);
  stream.http.end();
  const { ":status": status, "grpc-status": grpc = "" } = await stream.ended;
  client.session.destroy();
  return `${status} ${grpc}`;
}
