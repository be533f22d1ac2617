import { AUTHORITIES } from "./attacks/authorities.ts";
import { CONNECTIONS } from "./attacks/connections.ts";
import { FLOOD_ROWS } from "./attacks/floods.ts";
import { FRAMES } from "./attacks/frames.ts";
import { HEADERS } from "./attacks/headers.ts";
import { HOOK_ROWS } from "./attacks/hooks.ts";
import { MESSAGES } from "./attacks/messages.ts";
import { NAMES } from "./attacks/names.ts";
import { NODES } from "./attacks/nodes.ts";
import { POLLS } from "./attacks/polls.ts";
import { READERS } from "./attacks/readers.ts";
import { REQUEST_FLOODS } from "./attacks/request-floods.ts";
import { RESETS } from "./attacks/resets.ts";
import { STATE } from "./attacks/state.ts";
import { TLS } from "./attacks/tls.ts";
import type { Row } from "./row.ts";

/** Every attack, by family. */
export const ROWS: readonly Row[] = [
  ...AUTHORITIES,
  ...RESETS,
  ...HEADERS,
  ...FLOOD_ROWS,
  ...CONNECTIONS,
  ...TLS,
  ...FRAMES,
  ...MESSAGES,
  ...REQUEST_FLOODS,
  ...POLLS,
  ...NAMES,
  ...NODES,
  ...READERS,
  ...STATE,
  ...HOOK_ROWS,
];
