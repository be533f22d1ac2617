import type { Target } from "../target.ts";
import { CERTIFICATES } from "./certificates.ts";
import { CONNECTIONS } from "./connections.ts";
import { FRAMES } from "./frames.ts";
import { HEADERS } from "./headers.ts";
import { IDENTITY } from "./identity.ts";
import { POLLS } from "./polls.ts";
import { SERVICES } from "./services.ts";
import { STREAMS } from "./streams.ts";

/** All that takes bytes from clients. */
export const TARGETS: readonly Target[] = [
  FRAMES,
  ...STREAMS,
  ...POLLS,
  SERVICES,
  HEADERS,
  CONNECTIONS,
  ...CERTIFICATES,
  IDENTITY,
];
