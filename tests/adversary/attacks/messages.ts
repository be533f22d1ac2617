import { DELTA_PATH, frame, type RawStream, SOTW_PATH } from "../../server/raw-client.ts";
import { type Attack, written } from "../attack.ts";
import { delta, field, namesOf, NODE_FILLERS, nodeOf, sotw } from "../messages.ts";
import { mutations } from "../mutations.ts";
import { until } from "../raw-http2.ts";
import type { Row } from "../row.ts";

/** Requests that are wrong, strange or huge. */
export const MESSAGES: readonly Row[] = [
  {
    title: "R-04 mutated requests, and a node that is nested deeply",
    limits: { peakMb: 400 },
    important: true,
    async run(attack) {
      const client = attack.client();
      const seeds = [
        sotw({ node: nodeOf("small", NODE_FILLERS["metadata fields"](200)), names: ["a"], nonce: "1", error: "x" }),
        delta({ node: "small", subscribe: ["*", "a"], unsubscribe: ["b"], initial: ["c"], error: "x" }),
      ];
      let refused = 0;
      const one = async (seed: Uint8Array, path: string): Promise<void> => {
        const stream = client.open({ ":path": path });
        stream.http.end(frame(seed));
        const { "grpc-status": status, "grpc-message": text = "" } = await stream.ended;
        if (status !== "0") refused++;
        attack.expect(status !== "13" && status !== undefined, `The status is ${status}: ${text}`);
        attack.expect(text.length < 1_000, `The text has ${text.length} characters`);
      };
      for (let i = 0; i < attack.count(10, 1_000); i++) {
        await Promise.all(
          seeds.flatMap((seed, j) =>
            mutations(seed.subarray(5), { seed: i, count: 30 }).map((bytes) => {
              return one(bytes, j === 0 ? SOTW_PATH : DELTA_PATH);
            })
          ),
        );
      }
      attack.note(`${refused} requests were refused`);
      for (const depth of [50, 101, 5_000]) {
        const stream = client.open();
        stream.http.end(frame(field(2, nodeOf("small", nested(depth)))));
        const { "grpc-status": status } = await stream.ended;
        attack.expect(status === "3", `A node ${depth} deep has the status ${status}`);
      }
    },
  },
  {
    title: "R-06 65,536 types, a million names, and strange names",
    limits: { peakMb: 250, heldMb: 60 },
    async run(attack) {
      const types = attack.client().open();
      for (let i = 0; i < 1_000 && !types.http.closed; i++) {
        types.http.write(sotw({ node: "small", type: `type.${i}` }));
      }
      attack.expect((await types.ended)["grpc-status"] === "8", "65,536 types were accepted");
      for (const path of [SOTW_PATH, DELTA_PATH]) {
        const stream = attack.client().open({ ":path": path });
        const names = namesOf(100_001);
        const node = "small";
        stream.http.write(path === SOTW_PATH ? sotw({ node, names }) : delta({ node, subscribe: names }));
        attack.expect((await stream.ended)["grpc-status"] === "8", "100,001 names were accepted");
      }
      const strange = ["__proto__", "constructor", "toString", "", "a\0b", "\u{1f600}", "\ud800", "a".repeat(8_192)];
      const client = attack.client();
      for (const path of [SOTW_PATH, DELTA_PATH]) {
        const stream = client.open({ ":path": path });
        const [node, type] = ["small", "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"];
        const names = [...strange, "e0"];
        stream.http.write(path === SOTW_PATH ? sotw({ node, type, names }) : delta({ node, type, subscribe: names }));
        const served = await until(() => stream.responses.length > 0 || stream.http.closed, 3_000);
        attack.expect(served && !stream.http.closed, "Strange names were not served");
      }
      await expectStatus(attack, client.open(), {
        message: sotw({ node: "small", names: ["a".repeat(8_193)] }),
        status: "3",
      });
    },
  },
  {
    title: "R-10 stale, future and foreign nonces, and an ACK before a response, send nothing",
    long: true,
    async run(attack) {
      for (const path of [SOTW_PATH, DELTA_PATH]) {
        const stream = attack.client().open({ ":path": path });
        const message = (fields: { node?: string; nonce?: string; version?: string }): Uint8Array =>
          path === SOTW_PATH ? sotw(fields) : delta(fields);
        stream.http.write(message({ node: "small", nonce: "before", version: "7" }));
        const { nonce, version } = await stream.received(1);
        for (const wrong of ["0", "999", "foreign", "before", "x".repeat(10_000)]) {
          for (let i = 0; i < 20; i++) stream.http.write(message({ nonce: wrong, version }));
        }
        for (let i = 0; i < 20; i++) stream.http.write(message({ nonce, version }));
        await new Promise((resolve) => setTimeout(resolve, 200));
        attack.expect(stream.responses.length === 1, `${stream.responses.length} responses were sent`);
        attack.expect(!stream.http.closed, "The stream has ended");
      }
    },
  },
  {
    title: "R-11 no node, another id, an id with control characters, metadata of 4 MB",
    async run(attack) {
      const client = attack.client();
      await expectStatus(attack, client.open(), { message: sotw({}), status: "3" });
      await expectStatus(attack, client.open({ ":path": DELTA_PATH }), { message: delta({}), status: "3" });
      const changed = client.open();
      changed.http.write(sotw({ node: "small-1" }));
      await changed.received(1);
      await expectStatus(attack, changed, { message: sotw({ node: "small-2" }), status: "3" });
      const strange = client.open();
      strange.http.write(sotw({ node: "small-\n\u001b[31m\0" }));
      attack.expect((await strange.received(1)).resources > 0, "A strange id was not served");
      const huge = sotw({ node: nodeOf("small", NODE_FILLERS["metadata fields"](4_000_000)) });
      await expectStatus(attack, client.open(), { message: huge, status: "8" });
    },
  },
  {
    title: "R-13 deadlines that are tiny, beyond all timers, or no numbers",
    long: true,
    async run(attack) {
      const client = attack.client();
      for (const timeout of ["99999999H", "600H", "garbage", "-1S", "", "9".repeat(1_000)]) {
        const stream = client.open({ "grpc-timeout": timeout });
        stream.http.write(sotw({ node: "small" }));
        const served = await until(() => stream.responses.length > 0 || stream.http.closed, 3_000);
        attack.expect(served && !stream.http.closed, `${timeout.slice(0, 20)} has ended the stream at once`);
      }
      const tiny = client.open({ "grpc-timeout": "1n" });
      tiny.http.write(sotw({ node: "small" }));
      attack.expect((await tiny.ended)["grpc-status"] === "4", "1 ns did not end the stream");
    },
  },
  {
    title: "X-onerror a node that cannot be decoded is the client's fault",
    async run(attack) {
      const client = attack.client();
      await Promise.all(Array.from({ length: 100 }, () => {
        return expectStatus(attack, client.open(), { message: sotw({ node: Buffer.alloc(50, 255) }), status: "3" });
      }));
    },
  },
  {
    title: "X-typeurl types of 3.9 MB, 60 on a stream, and after the client has left",
    limits: { peakMb: 400, heldMb: 70, heldRatio: 2 },
    async run(attack) {
      const stream = attack.client().open();
      for (let i = 0; i < attack.count(5, 60) && !stream.http.closed; i++) {
        const type = `${i}`.padEnd(3_900_000, "x");
        await written(stream, sotw({ node: "small", type }));
      }
      await attack.hold();
    },
  },
  {
    title: "X-empty two million empty names, unsubscribes and versions in a request",
    long: true,
    limits: { peakMb: 400, blockedMs: 3_000 },
    async run(attack) {
      const fields = { subscribe: 3, unsubscribe: 4, versions: 5, unknown: 15 };
      const client = attack.client();
      for (const number of Object.values(fields)) {
        const stream = client.open({ ":path": DELTA_PATH });
        const head = delta({ node: "small" }).subarray(5);
        const tags = Buffer.alloc(attack.count(500_000, 4_000_000), Buffer.of(number << 3 | 2, 0));
        stream.http.write(frame(Buffer.concat([head, tags])));
        await until(() => stream.responses.length > 0 || stream.http.closed, 10_000);
        stream.http.close(8);
      }
    },
  },
  {
    title: "X-xdstp names of xdstp with thousands of parameters and escapes",
    long: true,
    limits: { peakMb: 400, blockedMs: 3_000 },
    async run(attack) {
      const shapes = ["a=b&", "%41", "/", "\u00e9", "?#"];
      const client = attack.client();
      for (const shape of shapes) {
        const names = Array.from({ length: attack.count(100, 450) }, (_, i) => {
          const start = `xdstp://a/envoy.config.cluster.v3.Cluster/${i}?`;
          return start.padEnd(8_100 / shape.length * Buffer.byteLength(shape) | 0, shape).slice(0, 8_100);
        });
        const stream = client.open();
        stream.http.write(sotw({ node: "small", names }));
        await until(() => stream.responses.length > 0 || stream.http.closed, 10_000);
        stream.http.close(8);
      }
    },
  },
];

/** A `Struct` in a `Struct`, and so on. */
function nested(depth: number): Uint8Array {
  let value: Uint8Array = field(4, new Uint8Array());
  for (let i = 0; i < depth; i++) {
    value = field(5, field(1, Buffer.concat([field(1, Buffer.from("a")), field(2, value)])));
  }
  return field(3, field(1, Buffer.concat([field(1, Buffer.from("a")), field(2, value)])));
}

async function expectStatus(
  attack: Attack,
  stream: RawStream,
  { message, status }: { readonly message: Uint8Array; readonly status: string },
): Promise<void> {
  stream.http.write(message);
  const { "grpc-status": found } = await stream.ended;
  attack.expect(found === status, `The status is ${found}, not ${status}`);
}
