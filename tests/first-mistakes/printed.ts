import { vi } from "vitest";
import { createDiscoveryServer, type DiscoveryServerOptions } from "../../mod.ts";
import { InProcessClient, type InProcessOptions } from "../server/in-process-client.ts";

/** The text of the error of a call. */
export async function thrown(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return textOf(error);
  }
  return "nothing";
}

/** What a server logs by default while a client subscribes to types. */
export async function logged(
  options: Omit<DiscoveryServerOptions, "log">,
  subscribes: Readonly<Record<string, readonly string[]>>,
  client: Omit<InProcessOptions, "id" | "variant"> = {},
): Promise<string> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const lines: string[] = [];
  const add = (_: object, message: string): void => void lines.push(message);
  const server = createDiscoveryServer({ ...options, log: { warn: add, error: add } });
  try {
    const connected = new InProcessClient(server, { id: "edge-1", variant: "delta", ...client });
    for (const [typeUrl, names] of Object.entries(subscribes)) connected.subscribe(typeUrl, names);
    await vi.advanceTimersByTimeAsync(30_000);
  } finally {
    vi.useRealTimers();
    server.close();
  }
  return lines[0] ?? "nothing";
}

/** In one line, and without what differs from run to run. */
export function normal(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:18000").replaceAll(/\s+/g, " ");
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
