/** The comments of an API: on messages and enums by their full names, and within each on its fields or values, or on itself as `""`. */
export type Comments = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Loads the comments on Envoy's API, for {@link jsonSchema}. They are of its authors, under the Apache License 2.0. Only
 * this loads the half megabyte that has them.
 */
export async function apiComments(): Promise<Comments> {
  const { COMMENTS } = await import("../../gen/comments.ts");
  const bytes = Uint8Array.from(atob(COMMENTS), (character) => character.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(inflated).json() as Comments;
}
