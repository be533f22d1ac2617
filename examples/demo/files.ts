import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bootstrap } from "./bootstrap.ts";
import { startEnvoy } from "./envoy.ts";
import { get } from "./get.ts";
import { waitFor } from "./wait-for.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Serves a copy of `examples/files` by the command, edits a file of it, and shows a request before and after. */
export async function showFiles(running: AsyncDisposableStack, say: (line: string) => void): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "xds-demo-"));
  running.defer(() => rm(directory, { recursive: true, force: true }));
  await cp(path("../files"), directory, { recursive: true });

  say("the same without a program: xds serve, with the files of examples/files");
  const port = await startServe(directory, running);
  const envoy = running.use(await startEnvoy({ config: bootstrap({ nodeId: "files", xdsPort: port }) }));
  const listenerPort = await waitFor("Envoy's listener", () => envoy.listenerPort("web"));
  const url = `http://127.0.0.1:${listenerPort}/hello`;
  const hello = async (expected: string) => {
    const { body } = await waitFor(expected, async () => {
      const response = await get(url);
      if (response.body !== `${expected}\n`) throw new Error(response.body);
      return response;
    }, { intervalMs: 1 });
    console.log(`    GET ${url}\n    ${body.trimEnd()}`);
  };
  await hello("hello from a file");

  say("editing routes.yaml: from a file → from a file that was edited");
  const file = join(directory, "routes.yaml");
  const text = await readFile(file, "utf8");
  const begin = performance.now();
  await writeFile(file, text.replace("from a file", "from a file that was edited"));
  await hello("hello from a file that was edited");
  say(`Envoy serves it after ${Math.round(performance.now() - begin)} ms`);

  say("editing routes.yaml: inline_string → inline_sting, which is a mistake");
  await writeFile(file, text.replace("inline_string", "inline_sting"));
  await waitFor("the error", () => {
    if (!lines.some((line) => line.includes("last good"))) throw new Error("not yet");
  });
  await hello("hello from a file that was edited");
}

/** What the command has logged. */
const lines: string[] = [];

async function startServe(directory: string, running: AsyncDisposableStack): Promise<number> {
  const main = path("../../src/cli/main.ts");
  const child = spawn(process.execPath, [main, "serve", "--port", "0", directory], {
    stdio: ["ignore", "inherit", "pipe"],
    env: { ...process.env, WEB_PORT: "0" },
  });
  const exited = once(child, "exit");
  running.defer(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    console.log(`    xds  ${line.replaceAll(`${directory}/`, "").replace(/^\S+ /, "")}`);
  });
  return await waitFor("xds serve", () => {
    const found = lines.flatMap((line) => /Serves xDS on [\d.]+:(\d+)/.exec(line)?.[1] ?? [])[0];
    if (found === undefined) throw new Error(lines.at(-1) ?? "no line yet");
    return Number(found);
  });
}
