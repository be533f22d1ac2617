import type { Case } from "../case.ts";
import { COMMAND } from "./command.ts";
import { DELETIONS } from "./deletions.ts";
import { ISOLATED } from "./isolated.ts";
import { REJECTED } from "./rejected.ts";
import { DESCRIBED } from "./described.ts";
import { MAKERS } from "./makers.ts";
import { RESTART } from "./restart.ts";
import { ROUTES } from "./routes.ts";
import { SERVERS } from "./servers.ts";
import { TARGETS } from "./targets.ts";

/** All that is shown with clients of gRPC, in the order of the table. */
export const CASES: readonly Case[] = [
  ...TARGETS,
  ...ROUTES,
  ...MAKERS,
  ...DELETIONS,
  ...REJECTED,
  ...ISOLATED,
  ...RESTART,
  ...SERVERS,
  ...DESCRIBED,
  ...COMMAND,
];
