import type { Snapshot } from "../../cache/snapshot.ts";
import type { Resource } from "../../resource/mod.ts";
import { CLUSTER_TYPE, LISTENER_TYPE } from "../../v3/types.ts";
import { listOf } from "../../validate/list-of.ts";
import type { Problem } from "../../validate/problem.ts";
import { inOrder } from "./in-order.ts";
import { positionIn, readableReason } from "./reason.ts";
import { renderBootstrap } from "./render/bootstrap.ts";
import { runEnvoy } from "./run-envoy.ts";

/** Options of {@link validateWithEnvoy}. */
export interface ValidateWithEnvoyOptions {
  /** The path of the Envoy program. */
  readonly envoy: string;
  /** How many problems are looked for; each costs up to log2(number of resources) runs of Envoy. Default: 10. */
  readonly maxProblems?: number;
  /** How long one run of Envoy may take, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Names of resources that clients have from elsewhere, by type URL; only clusters matter. Default: none. */
  readonly external?: Readonly<Record<string, Iterable<string>>>;
  /** Ends the validation, and the Envoy that runs. Default: none. */
  readonly signal?: AbortSignal;
}

/**
 * Has a real Envoy look at resources, as `envoy --mode validate` does: what is dynamic is rendered into a static bootstrap,
 * in a temporary file that only this user can read.
 *
 * Envoy stops at the first problem. The resource that has it is found by the position in Envoy's words, or by halving;
 * then Envoy looks at the others. Runs are cached by content, and one Envoy runs at a time.
 *
 * @param resources - all resources of a group of clients
 * @returns the problems, all of the rule `envoy`, with Envoy's words; keys are redacted
 * @throws Error if Envoy cannot be run, or takes too long; the reason of the signal if it is aborted
 */
export async function validateWithEnvoy(
  resources: Iterable<Resource> | Snapshot,
  { envoy, maxProblems = 10, timeoutMs = 30_000, external = {}, signal }: ValidateWithEnvoyOptions,
): Promise<Problem[]> {
  let rest = inOrder(listOf(resources));
  const externalClusters = [...external[CLUSTER_TYPE] ?? []];
  const problems: Problem[] = [];
  const run = (some: readonly Resource[]): Promise<string | undefined> =>
    runEnvoy((emptyFile) => renderBootstrap(some, { emptyFile, externalClusters }).bytes, { envoy, timeoutMs, signal });

  while (problems.length < maxProblems) {
    const output = await run(rest);
    if (output === undefined) break;
    const found = await culprit(output, rest, run);
    if (found === undefined) throw new Error(`Cannot validate with ${envoy}: ${readableReason(output, rest)}`);
    const { typeUrl, name } = found.resource;
    const message = readableReason(found.output, rest);
    problems.push({ severity: "error", typeUrl, resource: name, path: "", rule: "envoy", message });
    rest = rest.filter((each) => each !== found.resource);
  }
  return problems;
}

interface Culprit {
  readonly resource: Resource;
  /** What Envoy says of it. */
  readonly output: string;
}

/** Finds the resource that Envoy speaks of. */
async function culprit(
  output: string,
  resources: readonly Resource[],
  run: (some: readonly Resource[]) => Promise<string | undefined>,
): Promise<Culprit | undefined> {
  const named = byPosition(output, resources);
  if (named !== undefined) return { resource: named, output };
  // The first `fine` resources are accepted, and the first `bad` ones are not.
  let fine = 0;
  let bad = resources.length;
  let reason = output;
  while (bad - fine > 1) {
    const middle = (fine + bad) >> 1;
    const said = await run(resources.slice(0, middle));
    if (said === undefined) fine = middle;
    else {
      bad = middle;
      reason = said;
    }
  }
  return bad > 0 ? { resource: resources[bad - 1]!, output: reason } : undefined;
}

function byPosition(output: string, resources: readonly Resource[]): Resource | undefined {
  const position = positionIn(output);
  if (position === undefined) return undefined;
  const { names } = renderBootstrap(resources, { emptyFile: "", externalClusters: [] });
  const name = names[position.list][position.index];
  const typeUrl = position.list === "listeners" ? LISTENER_TYPE : CLUSTER_TYPE;
  return resources.find((each) => each.name === name && each.typeUrl === typeUrl);
}
