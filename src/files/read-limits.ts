/** How deep a document may be nested. Envoy itself reads messages of at most 100 levels, each of which may be a list. */
export const MAX_DEPTH = 200;

/**
 * How long a document may be, in characters: both take some ten seconds to read. A config dump of 50,000 clusters has
 * 60 MB.
 */
export const MAX_LENGTHS = { json: 100_000_000, yaml: 10_000_000 } as const;

/**
 * How many values the aliases of a document of YAML may stand for: a text of 1 kB can stand for 1 TB.
 */
export const MAX_ALIASED = 200_000;
