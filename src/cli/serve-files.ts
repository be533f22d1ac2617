import { filesCache, type FilesCacheOptions, FilesError, type FilesPublication } from "../node/files/mod.ts";
import type { Logger } from "../server/mod.ts";
import { count, forClients, logLine } from "./print-problems.ts";
import type { Source } from "./source.ts";

/** Files as a source, whose changes and problems are logged. @returns undefined if they have errors, which are logged */
export async function filesSource(
  paths: readonly string[],
  log: Required<Logger>,
  options: FilesCacheOptions,
): Promise<Source | undefined> {
  let isServing = false;
  try {
    const cache = await filesCache(paths, {
      ...options,
      onPublication: (publication) => {
        // A start that fails is reported once, below.
        if (publication.isPublished || isServing) report(publication, log);
        isServing = true;
      },
    });
    return { cache, close: () => cache.close() };
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    report({ isPublished: false, problems: error.problems, files: 0, resources: 0 }, log, NOTHING);
    return undefined;
  }
}

const NOTHING = "The files have errors: nothing is served; correct them and start again";
const LAST_GOOD = "The files have errors: the last good configuration stays";

function report(publication: FilesPublication, log: Required<Logger>, otherwise: string = LAST_GOOD): void {
  const { isPublished, problems, files, resources, client } = publication;
  for (const problem of problems) {
    const { severity, message, ...fields } = problem;
    log[severity === "error" ? "error" : "warn"]({ ...fields, problem: message }, logLine(problem));
  }
  if (isPublished) {
    log.info({ files, resources }, `Published ${count(resources, "resource")} of ${count(files, "file")}`);
  } else if (client === undefined) log.error({ files }, otherwise);
  else log.error({ client }, `These files are not served${forClients(client)}, which keep what they have`);
}
