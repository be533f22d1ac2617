import { beforeAll, describe, expect, it } from "vitest";
import { runTranscript } from "../protocol/run-transcript.ts";
import { TRANSCRIPTS } from "../protocol/transcripts.ts";
import { DIFFERENCES } from "./differences.ts";
import { buildGoControlPlane, overGoControlPlane } from "./go-control-plane.ts";

/** go-control-plane isolates nothing: these could only say so. */
const ISOLATION = /^(L3 )?I\d /;
const COMPARED = TRANSCRIPTS.filter(({ name }) => !ISOLATION.test(name));

beforeAll(buildGoControlPlane, 600_000);

describe("go-control-plane plays the transcripts of this server", () => {
  it.each(COMPARED)("$name ($variant)", async (transcript) => {
    const difference = await runTranscript(transcript, overGoControlPlane).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const allowed = DIFFERENCES.find(({ name, variant }) => name === transcript.name && variant === transcript.variant);
    if (allowed === undefined) return expect(difference).toBeUndefined();
    expect(difference ?? "the same", `no longer differs: take it off the list ("${allowed.why}")`).toContain(
      `expected '${allowed.seen}' to be`,
    );
  });

  it("every listed difference names an existing transcript", () => {
    const names = new Set(COMPARED.map(({ variant, name }) => `${variant}: ${name}`));
    const stale = DIFFERENCES.filter(({ variant, name }) => !names.has(`${variant}: ${name}`));
    expect(stale.map(({ name }) => name)).toEqual([]);
  });
});
