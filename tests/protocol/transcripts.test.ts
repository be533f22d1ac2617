import { describe, it } from "vitest";
import { inProcess } from "./in-process.ts";
import { overHttp2 } from "./over-http2.ts";
import { runTranscript } from "./run-transcript.ts";
import { TRANSCRIPTS_BY_TOPIC } from "./transcripts.ts";

const PEERS = { "in process": inProcess, "over HTTP/2": overHttp2 };

describe.each(Object.entries(PEERS))("%s", (_where, connect) => {
  describe.each(Object.entries(TRANSCRIPTS_BY_TOPIC))("%s", (_topic, transcripts) => {
    it.each(transcripts)("$name ($variant)", (transcript) => runTranscript(transcript, connect));
  });
});
