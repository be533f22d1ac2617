import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { freePort } from "../free-port.ts";
import { RawClient, type RawStream, sotwRequest } from "./raw-client.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Each program of this repository that serves until it is stopped. */
const PROGRAMS = [
  {
    program: "examples/server/main.ts",
    start: (port: number) => ({
      args: ["--port", `${port}`, "--listener-port", "0", "--upstream-port", "0"],
      env: {},
    }),
    isListening: /xDS on 127\.0\.0\.1/,
  },
  {
    program: "examples/cores/main.ts",
    start: (port: number) => ({ args: [], env: { PORT: `${port}` } }),
    isListening: /listens on 127\.0\.0\.1/,
  },
] as const;

describe.each(PROGRAMS)("P-02 $program", ({ program, start, isListening }) => {
  it.each(["SIGTERM", "SIGINT"] as const)("drains on %s, and exits with 0", async (signal) => {
    const { child, stream, goAway } = await run();
    child.kill(signal);
    expect(await goAway).toBe(0);
    expect(await stream.ended).toMatchObject({ "grpc-status": "14" });
    expect(await exitOf(child)).toBe(0);
  });

  it("exits at once on a second signal", async () => {
    const { child, client } = await run();
    // Many streams take long to drain.
    const more = Array.from({ length: 200 }, () => client.open());
    for (const stream of more) stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
    await Promise.all(more.map((stream) => stream.received(1)));
    child.kill("SIGTERM");
    await once(client.session, "goaway");
    child.kill("SIGTERM");
    expect(await exitOf(child)).toBe(128 + 15);
  });

  async function run() {
    const port = await freePort();
    const { args, env } = start(port);
    const child = spawn(process.execPath, [join(ROOT, program), ...args], { env: { ...process.env, ...env } });
    onTestFinished(() => void child.kill("SIGKILL"));
    let output = "";
    for (const pipe of [child.stdout, child.stderr]) pipe.on("data", (text) => output += text);
    while (!isListening.test(output)) {
      if (child.exitCode !== null) throw new Error(output);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const client = new RawClient(`http://127.0.0.1:${port}`);
    onTestFinished(() => void client.session.destroy());
    const goAway = once(client.session, "goaway").then(([code]) => code as number);
    const stream: RawStream = client.open();
    stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
    await stream.received(1);
    return { child, client, stream, goAway };
  }
});

async function exitOf(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
}
