import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runTranscript } from "../protocol/run-transcript.ts";
import { TRANSCRIPTS } from "../protocol/transcripts.ts";
import { pathOf } from "./mutant-plugin.ts";
import { MUTANTS } from "./mutants.ts";

/** Enough for the model to find what neither a transcript nor a case shows. */
const RUNS = 100;

const identity = fc.record({ variant: fc.constantFrom("sotw" as const, "delta" as const), ttl: fc.boolean() });
const setup = fc.record({
  backend: fc.constant("SnapshotCache, whole snapshots"),
  clients: fc.array(identity, { minLength: 2, maxLength: 2 }),
  doubles: fc.constant(true),
});

describe("a fault is found of a stream that", () => {
  it.each(MUTANTS.map((mutant, index) => ({ ...mutant, query: `?mutant=${index}` })))("$name", async (mutant) => {
    expect(readFileSync(pathOf(mutant), "utf8").split(mutant.find), "its place in the file").toHaveLength(2);
    expect(await findFault(mutant.query)).toBeDefined();
  });
});

it("the model finds no fault of the stream as it is", async () => {
  const { finds } = await import("./run.ts");
  expect(await finds(setup, RUNS)).toBe(false);
});

/** What fails first: a transcript, a case or the model; undefined if all pass. */
async function findFault(query: string): Promise<string | undefined> {
  const { CASES } = await load<typeof import("./cases.ts")>(`./cases.ts${query}`);
  for (const [name, run] of CASES) if (await fails(run)) return name;
  const { inProcess } = await load<typeof import("../protocol/in-process.ts")>(`../protocol/in-process.ts${query}`);
  for (const transcript of TRANSCRIPTS) {
    if (await fails(() => runTranscript(transcript, inProcess))) return transcript.name;
  }
  const { finds } = await load<typeof import("./run.ts")>(`./run.ts${query}`);
  return await finds(setup, RUNS) ? "the model" : undefined;
}

async function load<T>(path: string): Promise<T> {
  return await import(/* @vite-ignore */ path);
}

async function fails(run: () => Promise<void> | void): Promise<boolean> {
  try {
    await run();
    return false;
  } catch {
    return true;
  }
}
