/** How deep a document may be nested. Envoy itself reads messages of at most 100 levels, each of which may be a list. */
export const MAX_DEPTH = 200;

/** How long a document may be, in characters. A config dump of 50,000 clusters has 60 MB. */
export const MAX_LENGTH = 100_000_000;

/**
 * How many values the aliases of a document of YAML may stand for: a text of 1 kB can stand for 1 TB.
 */
export const MAX_ALIASED = 200_000;
