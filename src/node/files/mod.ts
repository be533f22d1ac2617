/**
 * Files of Envoy's JSON and YAML as a cache, which follows their changes.
 *
 * @module
 */
export { type FilesCache, filesCache, type FilesCacheOptions } from "./files-cache.ts";
export type { LoadOptions } from "./load.ts";
export { FilesError, type FilesPublication, type FilesStatus } from "./publication.ts";
