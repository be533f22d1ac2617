import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { TestAuthority } from "../server/test-authority.ts";
import { RawClient, sotwRequest } from "../server/raw-client.ts";

const ROOT = join(import.meta.dirname, "../..");
const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

it("the example of docs/testing-a-cache.md passes its tests, with Node's own test runner", async () => {
  const folder = folderWith({ "example.test.mts": fromSources(blocksOf("docs/testing-a-cache.md", "ts")[0]!) });
  const { stdout, status } = await run(["--test", "--test-reporter=tap", "example.test.mts"], folder);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(stdout)![1])).toBeGreaterThan(50);
  expect(status).toBe(0);
});

describe("README", () => {
  it("has a first server that runs as it is, and serves the node that it names", async () => {
    const source = blocksOf("README.md", "ts").find((block) => block.includes("listen("))!;
    // On any free port, and with a handle to close it by.
    const program = fromSources(source).replace("await listen(", "const listener = $&").replace(
      "port: 18000",
      "port: 0",
    );
    const folder = folderWith({ "readme.mts": `${program}\n${SERVE_ONE}` });
    const served = run(["readme.mts"], folder, async (port) => {
      await using client = new RawClient(`http://127.0.0.1:${port}`);
      const stream = client.open();
      stream.send(sotwRequest({ type: CLUSTER, nodeId: "node1" }));
      expect((await stream.received(1)).resources).toBe(1);
    });
    expect(await served).toMatchObject({ status: 0, stderr: "" });
  });

  it("is short", () => {
    expect(readFileSync(join(ROOT, "README.md"), "utf8").split("\n").length).toBeLessThan(200);
  });

  it("names only scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const { tasks } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
    const text = readFileSync(join(ROOT, "README.md"), "utf8");
    const named = [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[\w:]+)/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    for (const [, task] of text.matchAll(/deno task (\w+)/g)) expect(tasks).toHaveProperty(task!);
  });
});

it("docs/health.md has a server whose health is served as it says", async () => {
  const source = blocksOf("docs/health.md", "ts")[0]!;
  const program = fromSources(source).replace("await listen(", "const listener = $&").replace("18000", "0");
  const folder = folderWith({ "health.mts": `${program}\n${SERVE_ONE}` });
  const served = run(["health.mts"], folder, async (port) => {
    await using client = new RawClient(`http://127.0.0.1:${port}`);
    const stream = client.open({ ":path": "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" });
    stream.http.end();
    expect(await stream.ended).toMatchObject({ "grpc-status": "0" });
    const unknown = client.open({ ":path": "/grpc.health.v1.Health/Check" });
    unknown.send(Uint8Array.of(10, 1, 120));
    expect(await unknown.ended).toMatchObject({ "grpc-status": "5" });
  });
  expect(await served).toMatchObject({ status: 0, stderr: "" });
});

it("docs/files.md prints what it says", async () => {
  const [source, , placed] = blocksOf("docs/files.md", "ts");
  const folder = folderWith({ "files.mts": fromSources(`${source}\n${placed}`) });
  const { stdout, stderr, status } = await run(["files.mts"], folder);
  expect([stderr, status]).toEqual(["", 0]);
  expect(stdout).toContain('"type": "STRICT_DNS"');
  expect(stdout).toContain(blocksOf("docs/files.md", "text")[0]!);
});

describe("docs/identity.md", () => {
  const [mtls, tokens] = blocksOf("docs/identity.md", "ts");
  const type = CLUSTER;

  it("serves by client certificate as it says", async () => {
    const [ours, theirs] = [authority("ours"), authority("theirs")];
    const folder = identityFolder(mtls!, { "clients.crt": ours.cert }, ours.issue("server"));
    const served = run(["identity.mts"], folder, async (port) => {
      const url = `https://localhost:${port}`;
      const id = "spiffe://example.org/web";
      await using client = new RawClient(url, { ...ours.issue("x", [`URI:${id}`]), ca: ours.cert });
      const stream = client.open();
      stream.send(sotwRequest({ type, nodeId: id }));
      expect((await stream.received(1)).resources).toBe(1);
      const other = client.open();
      other.send(sotwRequest({ type, nodeId: "spiffe://example.org/other" }));
      expect(await other.ended).toMatchObject({ "grpc-status": "7" });
      await using stranger = new RawClient(url, { ...theirs.issue("x", [`URI:${id}`]), ca: ours.cert });
      await new Promise((resolve) => stranger.session.once("close", resolve));
    });
    expect(await served).toMatchObject({ status: 0, stderr: expect.stringMatching(/^DENIED/) });
  });

  it("serves by token as it says", async () => {
    const ours = authority("ours");
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = async (payload: object, header = { alg: "ES256" }) => {
      const text = `${part(header)}.${part(payload)}`;
      const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(text));
      return `Bearer ${text}.${Buffer.from(signature).toString("base64url")}`;
    };
    const jwk = JSON.stringify(await crypto.subtle.exportKey("jwk", publicKey));
    const folder = identityFolder(tokens!, { "issuer.jwk": jwk }, ours.issue("server"));
    const valid = { sub: "web", aud: "xds", exp: Date.now() / 1000 + 1000 };
    const served = run(["identity.mts"], folder, async (port) => {
      await using client = new RawClient(`https://localhost:${port}`, { ca: ours.cert });
      const stream = client.open({ authorization: await token(valid) });
      stream.send(sotwRequest({ type, nodeId: "web" }));
      expect((await stream.received(1)).resources).toBe(1);
      for (
        const [authorization, status] of [
          [await token({ ...valid, sub: "other" }), "7"],
          [await token({ ...valid, exp: 1 }), "16"],
          [await token({ ...valid, aud: "another" }), "16"],
          [await token(valid, { alg: "none" }), "16"],
          [`${await token(valid)}AAAA`, "16"],
          ["Bearer a.b.c", "16"],
          ["", "16"],
        ] as const
      ) {
        const refused = client.open({ authorization });
        refused.send(sotwRequest({ type, nodeId: "web" }));
        expect(await refused.ended).toMatchObject({ "grpc-status": status });
      }
    });
    expect(await served).toMatchObject({ status: 0, stderr: expect.stringMatching(/^DENIED/) });
  });
});

it("the example of docs/life-cycle.md serves once it has loaded, and ends in order", async () => {
  const source = blocksOf("docs/life-cycle.md", "ts")[0]!;
  const program = fromSources(source).replaceAll("running", "listener").replace("port: 18000", "port: 0");
  const stop = `console.log(listener.port);\nprocess.stdin.resume().once("end", () => process.kill(process.pid));`;
  const folder = folderWith({ "life-cycle.mts": `${program}\n${stop}` });
  const served = run(["life-cycle.mts"], folder, async (port) => {
    await using client = new RawClient(`http://127.0.0.1:${port}`);
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "any" }));
    expect((await stream.received(1)).resources).toBe(1);
  });
  expect(await served).toMatchObject({ status: 0, stderr: "" });
});

function authority(name: string): TestAuthority {
  const made = new TestAuthority(name);
  onTestFinished(() => made.remove());
  return made;
}

/** A folder with the program of a page, on any free port of loopback, and the files that it reads. */
function identityFolder(
  source: string,
  files: Readonly<Record<string, string>>,
  { key, cert }: { readonly key: string; readonly cert: string },
): string {
  const program = fromSources(source).replace("await listen(", "const listener = await listen(")
    .replace('host: "0.0.0.0", port: 18443', "port: 0");
  const own = { "identity.mts": `${program}\n${SERVE_ONE}`, "server.key": key, "server.crt": cert };
  return folderWith({ ...own, ...files });
}

/** Prints its port, and closes once its input ends. */
const SERVE_ONE = `
console.log(listener.port);
process.stdin.resume().once("end", () => listener.close());
`;

function blocksOf(path: string, language: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((match) => match[1]!);
}

/** A program that imports the package, as one that imports its sources. */
function fromSources(source: string): string {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
  return source.replaceAll(/"ts-control-plane(.*?)"/g, (_all, entry) => {
    return JSON.stringify(pathToFileURL(join(ROOT, exports[`.${entry}`])).href);
  });
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs Node to the end. @param whileUp - what to do once the program has printed its first line, with that line */
async function run(
  args: readonly string[],
  cwd: string,
  whileUp?: (line: string) => Promise<void>,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number | null }> {
  const { promise, resolve } = Promise.withResolvers<{ stdout: string; stderr: string; status: number | null }>();
  const child = execFile(process.execPath, args, { cwd }, (_error, stdout, stderr) => {
    resolve({ stdout, stderr, status: child.exitCode });
  });
  if (whileUp !== undefined) {
    const first = await Promise.race([new Promise<string>((seen) => child.stdout!.once("data", seen)), promise]);
    if (typeof first !== "string") return first;
    await whileUp(first.trim()).finally(() => child.stdin!.end());
  }
  return await promise;
}
