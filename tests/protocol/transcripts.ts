import type { Transcript } from "./transcript.ts";
import { DELTA_TRANSCRIPTS } from "./transcripts-delta.ts";
import { ISOLATION_TRANSCRIPTS } from "./transcripts-isolation.ts";
import { NAME_TRANSCRIPTS } from "./transcripts-names.ts";
import { ON_DEMAND_TRANSCRIPTS } from "./transcripts-on-demand.ts";
import { ORDER_TRANSCRIPTS } from "./transcripts-order.ts";
import { SOTW_TRANSCRIPTS } from "./transcripts-sotw.ts";
import { TTL_TRANSCRIPTS } from "./transcripts-ttl.ts";

/** All transcripts, by topic. */
export const TRANSCRIPTS_BY_TOPIC: Readonly<Record<string, readonly Transcript[]>> = {
  SotW: SOTW_TRANSCRIPTS,
  delta: DELTA_TRANSCRIPTS,
  isolation: ISOLATION_TRANSCRIPTS,
  names: NAME_TRANSCRIPTS,
  "on demand": ON_DEMAND_TRANSCRIPTS,
  order: ORDER_TRANSCRIPTS,
  ttl: TTL_TRANSCRIPTS,
};

export const TRANSCRIPTS: readonly Transcript[] = Object.values(TRANSCRIPTS_BY_TOPIC).flat();
