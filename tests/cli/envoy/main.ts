// The command `xds serve` in a process of its own, with two real Envoys: files are edited in all ways and broken in many,
// and no request through the Envoys fails.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { startEnvoy } from "../../../examples/demo/envoy.ts";
import { bootstrap } from "../../../examples/demo/bootstrap.ts";
import { get } from "../../../examples/demo/get.ts";
import { waitFor } from "../../../examples/demo/wait-for.ts";
import { Load } from "../../envoy/load.ts";
import { startUpstream } from "../../envoy/http-upstream.ts";
import { BREAKAGES } from "./breakages.ts";
import { ServeCommand } from "./command.ts";
import { checkDeployment } from "./deployment.ts";
import { type Edited, WAYS } from "./edits.ts";
import { checkShapes } from "./shapes.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: ["node", "deno"] },
    edits: { type: "string", default: "10" },
    // How long a change may take; a second on a machine that has time for it.
    within: { type: "string", default: "1000" },
  },
});

// Side by side, since most of the time goes by until files are looked at again; what is timed has the machine first.
let untimed = values.runtime.length;
const afterTimed = Promise.withResolvers<void>();
const checks = values.runtime.map(check);
void Promise.allSettled(checks).then(() => afterTimed.resolve());
const running = [
  ...checks,
  ...values.runtime.map((runtime) => afterTimed.promise.then(() => checkShapes(runtime))),
  afterTimed.promise.then(checkDeployment),
];
const failures = (await Promise.allSettled(running)).flatMap((each) => each.status === "rejected" ? [each.reason] : []);
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);

async function check(runtime: string): Promise<void> {
  await using running = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "xds-files-"));
  running.defer(() => rm(directory, { recursive: true, force: true }));
  const upstream = running.use(await startUpstream({ name: "app" }));
  const edited = { directory, routes: await writeFiles(directory, upstream.port) };
  const command = running.use(new ServeCommand(runtime, directory));
  const xdsPort = await command.port();
  const urls: string[] = [];
  for (const variant of ["sotw", "delta"] as const) {
    const config = bootstrap({ nodeId: variant, xdsPort, variant });
    const envoy = running.use(await startEnvoy({ config }));
    const port = await waitFor("the listener", () => envoy.listenerPort("web"));
    urls.push(`http://127.0.0.1:${port}/`);
  }
  await arrived(urls, "start");
  const load = running.use(new Load({ urls, rate: 50 }));
  await edit(runtime, { edited, urls });
  if (--untimed === 0) afterTimed.resolve();
  await breakAll(command, { runtime, directory, urls });
  await load.stop();
  assert.deepEqual(Object.fromEntries(load.failures), {}, "requests failed");
  assert.equal(await command.stop(), 0, "the exit code");
  console.log(`${runtime}: ${load.sent} requests, none failed`);
}

/** Writes the files of the examples. @returns the routes with a version, which responses have in a header */
async function writeFiles(directory: string, upstreamPort: number): Promise<Edited["routes"]> {
  const examples = join(import.meta.dirname, "../../../examples/files");
  const text = (name: string) => readFile(join(examples, name), "utf8");
  const replaced = (each: string) =>
    each.replace("${WEB_PORT:-10000}", "0").replace("${APP_PORT:-8080}", `${upstreamPort}`);
  for (const name of ["listener.yaml", "app.yaml"]) await writeFile(join(directory, name), replaced(await text(name)));
  const routes = await text("routes.yaml");
  const withVersion = (version: string) =>
    `${routes}response_headers_to_add:\n- header: { key: x-version, value: "${version}" }\n`;
  await writeFile(join(directory, "routes.yaml"), withVersion("start"));
  return withVersion;
}

async function edit(
  runtime: string,
  { edited, urls }: { readonly edited: Edited; readonly urls: readonly string[] },
): Promise<void> {
  const within = Number(values.within);
  for (const { title, edit: change } of WAYS) {
    const took: number[] = [];
    for (let n = 0; n < Number(values.edits); n++) {
      const version = `v${title.length}-${n}`;
      await change(edited, version, n);
      const written = performance.now();
      await arrived(urls, version);
      took.push(performance.now() - written);
    }
    const most = Math.round(Math.max(...took));
    console.log(`${runtime}: ${title}: ${took.length} edits, each with both Envoys within ${most} ms`);
    assert.ok(most <= within, `${title}: a change took ${most} ms, of at most ${within}`);
  }
}

async function breakAll(
  command: ServeCommand,
  { runtime, directory, urls }: {
    readonly runtime: string;
    readonly directory: string;
    readonly urls: readonly string[];
  },
): Promise<void> {
  const before = await versionsAt(urls);
  for (const { title, says, breakIt } of BREAKAGES) {
    const broken = command.lines.length;
    const repair = await breakIt(directory);
    const { message } = await command.line(`an error of ${title}`, broken, (line) => says.test(line.message));
    await command.line(title, broken, (line) => /last good configuration stays/.test(line.message));
    const published = command.lines.slice(broken).filter((line) => /^Published/.test(line.message));
    assert.deepEqual(published, [], `${title} was published`);
    assert.deepEqual(await versionsAt(urls), before, `${title} has changed what Envoy has`);
    console.log(`${runtime}: ${title}: ${message.replaceAll(`${directory}/`, "")}`);
    const repaired = command.lines.length;
    await repair();
    await command.line(`the repair of ${title}`, repaired, (line) => /^Published/.test(line.message));
  }
}

async function arrived(urls: readonly string[], version: string): Promise<void> {
  await waitFor(`version ${version}`, async () => {
    const found = await versionsAt(urls);
    if (found.some((each) => each !== version)) throw new Error(`the versions ${found.join()}`);
  });
}

function versionsAt(urls: readonly string[]): Promise<unknown[]> {
  return Promise.all(urls.map(async (url) => (await get(url)).headers["x-version"]));
}
