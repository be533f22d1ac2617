import type { Case } from "./case.ts";
import { DEADLINES } from "./cases-deadlines.ts";
import { GROUPS } from "./cases-groups.ts";
import { RANDOM_STEPS } from "./cases-random-steps.ts";
import { REJECTIONS } from "./cases-rejections.ts";
import { SHARING } from "./cases-sharing.ts";
import { SUCCESSIVE_SUBSCRIPTIONS } from "./cases-successive-subscriptions.ts";
import { WAITING } from "./cases-waiting.ts";

/** The cases that the transcripts of tests/protocol do not have, since they depend on time, on groups or on other streams. */
export const CASES_BY_TOPIC: Readonly<Record<string, readonly Case[]>> = {
  "what waits until a deadline": DEADLINES,
  "what a client rejected": REJECTIONS,
  "streams that do not share a response": SHARING,
  "what the status says of waiting": WAITING,
  "a client that subscribes to one type after the other": SUCCESSIVE_SUBSCRIPTIONS,
  "groups of clients": GROUPS,
  "what random steps have found": RANDOM_STEPS,
};

export const CASES: readonly Case[] = Object.values(CASES_BY_TOPIC).flat();
