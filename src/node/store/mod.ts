/**
 * A store in a directory, for several processes of one machine, and copies of what a replica serves.
 *
 * @module
 */
export { directoryCopy } from "./directory-copy.ts";
export { FileEngine, type FileEngineOptions } from "./file-engine.ts";
// Symbols below are those of the store that the functions above use.
export {
  type Engine,
  type EngineEvent,
  type EngineWatchOptions,
  type Entry,
  type SnapshotCopy,
} from "../../store/mod.ts";
