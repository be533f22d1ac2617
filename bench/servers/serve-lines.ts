import process from "node:process";
import { createInterface } from "node:readline";
import type { Published, ServerCommand, ServerSetup, Started, Stats, World } from "../protocol.ts";
import { collectGarbage, cpuUs } from "./process-state.ts";

/** A server of the benchmark. */
export interface BenchServer {
  start(setup: ServerSetup): Promise<Started>;
  /** @returns the version that every client will receive */
  publish(world: World, round: number): string;
}

/** Runs the commands of standard input until that ends. */
export async function serveLines(server: BenchServer): Promise<never> {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await run(server, JSON.parse(line) as ServerCommand)));
  }
  process.exit(0);
}

async function run(server: BenchServer, command: ServerCommand): Promise<Started | Published | Stats> {
  switch (command.do) {
    case "start":
      return await server.start(command);
    case "publish": {
      const [began, cpu] = [performance.now(), cpuUs()];
      const version = server.publish(command, command.round);
      return { version, cpuUs: cpuUs() - cpu, wallUs: (performance.now() - began) * 1000 };
    }
    case "stats":
      if (command.gc) await collectGarbage();
      return { cpuUs: cpuUs(), rssBytes: process.memoryUsage.rss() };
  }
}
