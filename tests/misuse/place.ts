import type { Act, Setup, World } from "./world.ts";

/** What follows where code at a place throws; what else it does follows from that. */
export type Consequence =
  /** Nothing but a report: the package needs no result. */
  | "reported"
  /** Its stream or poll is refused as by a fault; a rejection comes too late and is only reported. */
  | "refuses"
  /** Its stream or poll ends with a fault, as with any result that is of no use. */
  | "ends"
  /** Its stream has its reason to end already, so that the error is only reported, once for each stream. */
  | "late"
  /** Its stream or poll is denied. */
  | "denied"
  /** Clients keep what they have; the handler of errors beside that code gets each error. */
  | "kept"
  /** Nothing at all. */
  | "ignored";

/** A place at which the package calls code of its user. */
export interface Place {
  readonly consequence: Consequence;
  /** @param act - to be called by the code at the place, with its work */
  setup(act: Act, world: World): Setup;
  /** What is returned there is of no use, so it may be anything but a rejection. Default: false. */
  readonly needsNothing?: boolean;
  /** It may return a promise. Default: false. */
  readonly mayBeLate?: boolean;
  /** No version of the package calls it yet. Default: false. */
  readonly isUncalled?: boolean;
}
