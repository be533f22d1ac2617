import { describe, it } from "vitest";
import { inProcess } from "./in-process.ts";
import { overHttp2 } from "./over-http2.ts";
import { runTranscript } from "./run-transcript.ts";
import { DELTA_TRANSCRIPTS } from "./transcripts-delta.ts";
import { ORDER_TRANSCRIPTS } from "./transcripts-order.ts";
import { SOTW_TRANSCRIPTS } from "./transcripts-sotw.ts";
import { TTL_TRANSCRIPTS } from "./transcripts-ttl.ts";

const PEERS = { "in process": inProcess, "over HTTP/2": overHttp2 };
const VARIANTS = { SotW: SOTW_TRANSCRIPTS, delta: DELTA_TRANSCRIPTS, order: ORDER_TRANSCRIPTS, ttl: TTL_TRANSCRIPTS };

describe.each(Object.entries(PEERS))("%s", (_where, connect) => {
  describe.each(Object.entries(VARIANTS))("%s", (_variant, transcripts) => {
    it.each(transcripts)("$name ($variant)", (transcript) => runTranscript(transcript, connect));
  });
});
