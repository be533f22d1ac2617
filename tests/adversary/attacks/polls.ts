import { request } from "node:http";
import type { Attack } from "../attack.ts";
import type { Row } from "../row.ts";

const PATH = "/v3/discovery:clusters";
const JSON_TYPE = { "content-type": "application/json" };
const MARK = "do-not-echo-this";
const LONG_POLLS = { options: { longPollMs: 5_000 } };

const BODIES: Readonly<Record<string, readonly [body: string, status: number]>> = {
  "nothing": ["", 400],
  "text": [MARK, 400],
  "a list": [`["${MARK}"]`, 400],
  "deep": ["[".repeat(1_000) + "]".repeat(1_000), 400],
  "very deep": ["[".repeat(100_000), 400],
  "half a node": [`{"node": {"id": "${MARK}`, 400],
  "a number as an id": [`{"node": {"id": 7, "cluster": "${MARK}"}}`, 400],
  "names that are no list": [`{"node": {"id": "small"}, "resource_names": "${MARK}"}`, 400],
  "duplicate keys": [`{"node": {"id": "x"}, "node": {"id": "small"}}`, 200],
  "__proto__": [`{"__proto__": {"a": 1}, "node": {"id": "small", "metadata": {"__proto__": {"a": 1}}}}`, 200],
};

/** Bodies whose text is cheap and whose meaning is not. */
const LARGE: Readonly<Record<string, (bytes: number) => string>> = {
  names: (bytes) => JSON.stringify({ node: { id: "small" }, resource_names: Array(bytes / 9 | 0).fill("abcdef") }),
  metadata: (bytes) => {
    const metadata = Object.fromEntries(Array.from({ length: bytes / 13 | 0 }, (_, i) => [`k${i}`, 1]));
    return JSON.stringify({ node: { id: "small", metadata } });
  },
  "empty objects": (bytes) => `{"node":{"id":"small","metadata":{"a":[${"{},".repeat(bytes / 3 | 0)}{}]}}}`,
  "one character": (bytes) => `{"node":{"id":"${"\\u0061".repeat(bytes / 6 | 0)}"}}`,
};

/** REST, over HTTP/2 and HTTP/1.1. */
export const POLLS: readonly Row[] = [
  {
    title: "R-07 bodies that are no requests",
    important: true,
    async run(attack) {
      for (const send of [poll, pollHttp1]) {
        for (const [what, [body, status]] of Object.entries(BODIES)) {
          const found = await send(attack, body);
          attack.expect(found.status === status, `${what} has the status ${found.status}`);
          attack.expect(!found.text.includes(MARK), `${what} is echoed`);
          attack.expect(found.status === 200 || found.text.length < 200, `${what}: ${found.text.length} characters`);
        }
        const large = await send(attack, " ".repeat(5_000_000));
        // A client of HTTP/1.1 that still sends may find its connection closed before it reads the response.
        attack.expect([413, 0].includes(large.status), `5 MB have the status ${large.status}`);
      }
    },
  },
  {
    title: "R-08 polls as fast as they can be sent, all up to date",
    limits: { peakMb: 300 },
    async run(attack) {
      const { text } = await poll(attack, `{"node":{"id":"small"}}`);
      const version_info = (JSON.parse(text) as { versionInfo: string }).versionInfo;
      const body = JSON.stringify({ node: { id: "small" }, version_info });
      const clients = Array.from({ length: 10 }, () => attack.client());
      const end = performance.now() + attack.count(500, 10_000);
      let count = 0;
      while (performance.now() < end) {
        const found = await Promise.all(clients.flatMap((client) => {
          return Array.from({ length: 10 }, () => pollBy(client, body));
        }));
        attack.expect(found.every(({ status }) => status === 304), "A poll that is up to date had no 304");
        count += found.length;
      }
      attack.note(`${count} polls`);
    },
  },
  ...Object.entries(LARGE).map(([what, bodyOf]): Row => ({
    title: `X-restbody polls with 4 MB of ${what}`,
    long: what !== "empty objects",
    limits: { peakMb: 700, blockedMs: 2_500 },
    async run(attack) {
      const body = bodyOf(4_000_000);
      for (let i = 0; i < attack.count(1, 10); i++) {
        const { status } = await poll(attack, body);
        attack.expect(status >= 400 && status < 500, `The status is ${status}`);
      }
    },
  })),
  {
    title: "X-restpoll-oom long polls with 200 kB of metadata, with a heap of 512 MB",
    server: { ...LONG_POLLS, heapMb: 512 },
    limits: { peakMb: 700, heldMb: 350 },
    long: true,
    async run(attack) {
      const client = attack.client();
      const version_info = (JSON.parse((await poll(attack, `{"node":{"id":"small"}}`)).text) as { versionInfo: string })
        .versionInfo;
      const metadata = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`k${i}`, [[]]]));
      const body = JSON.stringify({ node: { id: "small", metadata }, version_info });
      const polls = Array.from({ length: 300 }, () => pollBy(client, body));
      await attack.hold();
      const statuses = Map.groupBy(await Promise.all(polls), ({ status }) => status);
      attack.note([...statuses].map(([status, { length }]) => `${length} polls: ${status}`).join(", "));
    },
  },
  {
    title: "X-longpolls polls that wait, then one publication",
    server: LONG_POLLS,
    // A poll costs the same however short it is: maxStreamsPerConnection limits them.
    limits: { peakMb: 300, heldMb: 120, heldRatio: 400 },
    async run(attack) {
      const { text } = await poll(attack, `{"node":{"id":"small"}}`);
      const version_info = (JSON.parse(text) as { versionInfo: string }).versionInfo;
      const body = JSON.stringify({ node: { id: "small" }, version_info });
      const count = attack.count(500, 4_500);
      const clients = Array.from({ length: count / 500 }, () => attack.client());
      const polls = clients.flatMap((client) => Array.from({ length: 500 }, () => pollBy(client, body)));
      await attack.reaches(({ watches }) => watches >= count, 4_000);
      const held = await attack.hold();
      attack.note(`${(held / count).toFixed(0)} bytes a poll`);
      await attack.command({ do: "publish", snapshot: { key: "small", revision: Math.random() } });
      const found = await Promise.all(polls);
      attack.expect(found.every(({ status }) => status === 200), "A poll that waited was not served");
    },
  },
];

interface Polled {
  readonly status: number;
  readonly text: string;
}

async function poll(attack: Attack, body: string): Promise<Polled> {
  const client = attack.client();
  const found = await pollBy(client, body);
  client.session.destroy();
  return found;
}

async function pollBy(client: ReturnType<Attack["client"]>, body: string): Promise<Polled> {
  const { http, ended } = client.open({ ":path": PATH, ...JSON_TYPE });
  let text = "";
  http.setEncoding("utf8").on("data", (part: string) => text += part);
  http.end(body);
  const { ":status": status } = await ended;
  return { status: Number(status), text };
}

function pollHttp1(attack: Attack, body: string): Promise<Polled> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port: attack.restPort, path: PATH, method: "POST", headers: JSON_TYPE };
    const sent = request({ ...options, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => text += part);
      response.on("close", () => resolve({ status: response.statusCode!, text }));
    });
    sent.on("socket", (socket) => void attack.track(socket));
    sent.on("error", () => resolve({ status: 0, text: "" })).end(body);
  });
}
