import { describe, it } from "vitest";
import { inProcess } from "./in-process.ts";
import { runTranscript } from "./run-transcript.ts";
import { DELTA_TRANSCRIPTS } from "./transcripts-delta.ts";
import { SOTW_TRANSCRIPTS } from "./transcripts-sotw.ts";

describe.each([["SotW", SOTW_TRANSCRIPTS], ["delta", DELTA_TRANSCRIPTS]])("%s in process", (_variant, transcripts) => {
  it.each(transcripts)("$name", (transcript) => runTranscript(transcript, inProcess));
});
