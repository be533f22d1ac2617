import { LOGGED } from "./rows-logged.ts";
import { RESOURCES } from "./rows-resources.ts";
import { SERVERS } from "./rows-servers.ts";

/** A mistake that people make first. */
export interface Mistake {
  /** As it is in the page. */
  readonly mistake: string;
  /** Makes it. @returns what is printed */
  readonly make: () => string | Promise<string>;
  /** What is printed, as it is in the page. */
  readonly printed: string;
}

/** All of them, in the order of the page. */
export const MISTAKES: readonly Mistake[] = [...SERVERS, ...RESOURCES, ...LOGGED];
