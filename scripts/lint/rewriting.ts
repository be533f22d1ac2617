// TO BE DELETED with what imports it, once src/stream and tests/stream are rewritten: until then these rules leave the
// old files alone.

/** Files in which words are not looked for. */
export const OLD_WORDS = /^(?:src|tests)\/stream\/[^/]+$/;

/** Files that may be long. */
export const OLD_LENGTH = /^src\/stream\/(?:discovery-stream|(?:delta-|sotw-)?subscription)\.ts$/;

/** Pages that have titles of the old tests. All titles are looked at where they are written. */
export const OLD_TITLES: readonly string[] = ["docs/conformance.md"];
