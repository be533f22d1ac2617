import { type Case, onlyStreams } from "../case.ts";
import { isolatedClusters } from "../isolation/clusters.ts";
import { isolatedEndpoints } from "../isolation/endpoints.ts";
import { isolatedExtensions } from "../isolation/extensions.ts";
import { isolatedListeners } from "../isolation/listeners.ts";
import { playRounds } from "../isolation/rounds.ts";
import { isolatedRoutes } from "../isolation/routes.ts";
import { isolatedSecrets } from "../isolation/secrets.ts";
import type { MakeSubject } from "../isolation/subject.ts";

/** What is shown of each type. */
export const SUBJECTS: Readonly<Record<string, MakeSubject>> = {
  LDS: isolatedListeners,
  CDS: isolatedClusters,
  EDS: isolatedEndpoints,
  RDS: isolatedRoutes,
  SDS: isolatedSecrets,
  ECDS: isolatedExtensions,
};

/** Resources that Envoy rejects, beside others that it does not. */
export const ISOLATED: readonly Case[] = Object.entries(SUBJECTS).map(([type, make]): Case => ({
  type,
  name: "bad resources are isolated from the good ones of the same response, whatever is bad about them",
  modes: onlyStreams,
  run: (world) => playRounds(world, make),
}));
