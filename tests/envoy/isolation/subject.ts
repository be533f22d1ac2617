import type { Resource } from "../../../mod.ts";
import type { World } from "../world.ts";

/** A type of resource, of which some are bad and the others have to arrive. */
export interface Subject {
  readonly typeUrl: string;
  /** What subscribes to the resources with these names, the first of which is what requests lead through. */
  around(names: readonly string[]): Resource[];
  /** A resource that Envoy accepts. @param marker - differs with each content; Envoy shows it */
  good(name: string, marker: string): Resource;
  /** What makes one that Envoy rejects. */
  readonly ways: readonly Way[];
  /** What Envoy uses: the marker of each resource that it has, by its name. */
  markers(): Promise<Map<string, string>>;
  /** Where requests are sent to. Default: the listener `http`. */
  readonly url?: () => Promise<string>;
  /** A certificate that requests accept. */
  readonly ca?: string;
}

/** How a resource can be bad. */
export interface Way {
  readonly name: string;
  /**
   * Envoy notes the content before it finds out that it cannot use it, keeps to the former one, and ACKs the same
   * content when it is sent again: which of several it was cannot be known then. Default: false.
   */
  readonly isAckedLater?: boolean;
  bad(name: string, marker: string): Resource;
}

/** Makes what a case is about. */
export type MakeSubject = (world: World) => Subject | Promise<Subject>;
