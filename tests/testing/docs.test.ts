import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
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

describe("the README", () => {
  it("has a first server that runs as it is, and serves the client that it names", async () => {
    const source = blocksOf("README.md", "ts").find((block) => block.includes("listen("))!;
    const listenOptions = "{ port: 18000 }";
    expect(source).toContain(`await listen(server, ${listenOptions})`);
    // On any free port, and with a handle to close it by.
    const program = fromSources(source).replace(`await listen(server, ${listenOptions})`, "const listener = $&")
      .replace(listenOptions, "{ port: 0 }");
    const folder = folderWith({ "readme.mts": `${program}\n${SERVE_ONE}` });
    const served = run(["readme.mts"], folder, async (port) => {
      await using client = new RawClient(`http://127.0.0.1:${port}`);
      const stream = client.open();
      stream.send(sotwRequest({ type: CLUSTER, nodeId: "node1" }));
      expect((await stream.received(1)).resources).toBe(1);
    });
    expect(await served).toMatchObject({ status: 0, stderr: "" });
  });

  it("quotes the sources of the example as they are, and has no other TypeScript", () => {
    // However far it is indented.
    const flush = (text: string) => text.replaceAll(/^ +/gm, "");
    const files = ["config.ts", "server.ts"].map((name) => join(ROOT, "examples/server", name));
    const sources = files.map((file) => flush(readFileSync(file, "utf8")));
    const quoted = blocksOf("README.md", "ts").slice(1).map(flush);
    expect(quoted).toHaveLength(2);
    for (const block of quoted) expect(sources.some((source) => source.includes(block)), block).toBe(true);
  });

  it.each(linksOf("README.md"))("links to %s, which exists", (link) => {
    expect(() => readFileSync(join(ROOT, link))).not.toThrow();
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

/** Prints its port, and closes once its input ends. */
const SERVE_ONE = `
console.log(listener.port);
process.stdin.resume().once("end", () => listener.close());
`;

function blocksOf(path: string, language: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((match) => match[1]!);
}

/** The links to files of the repository. */
function linksOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => join(dirname(path), match[1]!));
  return [...new Set(links)];
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
