import { rawResource, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { FleetContent, type Quorum, ResponseFactory } from "../../src/stream/mod.ts";
import { edsCluster, routesOf, toCluster } from "../clients/make.ts";
import { TYPES } from "../protocol/transcript.ts";

export type ServedType = "CDS" | "EDS" | "RDS";

/** The contents of a publication, by names. The content of a route is `1 to a`, and leads to cluster a. */
export type Publication = { readonly [T in ServedType]: Readonly<Record<string, string>> };

export const CLUSTERS = ["a", "b", "c", "d"];
export const ROUTES = ["r", "s", "t"];

/** What the clients of a group are served with, all by the same objects, and what was published last. */
export class Served {
  readonly cache = new SnapshotCache({ nodeHash: () => "group" });
  readonly responses = new ResponseFactory({ identifier: "" });
  readonly fleet: FleetContent;
  readonly names: Readonly<Record<ServedType, readonly string[]>> = { CDS: CLUSTERS, EDS: CLUSTERS, RDS: ROUTES };
  published: Record<ServedType, Map<string, Resource>> = { CDS: new Map(), EDS: new Map(), RDS: new Map() };
  now = 0;
  #snapshot = new Snapshot();

  constructor(quorum: Quorum) {
    this.fleet = new FleetContent(quorum);
    this.cache.setSnapshot("group", this.#snapshot);
  }

  /** Whether what waits for something else may have been sent without it. */
  get hasTimePassed(): boolean {
    return this.now > 0;
  }

  /** The contents that are published. */
  get contents(): ReadonlySet<string> {
    const all = (["CDS", "EDS", "RDS"] as const).flatMap((type) => {
      return [...this.published[type].values()].map((resource) => idOf(type, resource));
    });
    return new Set(all);
  }

  publish(publication: Publication): void {
    const resources = (["CDS", "EDS", "RDS"] as const).flatMap((type) => {
      const made = Object.entries(publication[type]).map(([name, content]) => make(type, name, content));
      this.published[type] = new Map(made.map((each) => [each.name, each]));
      return made;
    });
    this.#snapshot = new Snapshot({ resources });
    this.cache.setSnapshot("group", this.#snapshot);
  }
}

/** Identifies a content, such as `CDS a=1`. */
export function idOf(type: ServedType, { name, version }: Resource): string {
  return `${type} ${name}=${version}`;
}

/** The cluster that a route leads to. */
export function clusterOf({ version }: Resource): string {
  return version.slice(version.indexOf("to ") + 3);
}

function make(type: ServedType, name: string, content: string): Resource {
  return rawResource(TYPES[type], name, bytesOf(type, name, content), { version: content });
}

function bytesOf(type: ServedType, name: string, content: string): Uint8Array {
  switch (type) {
    case "CDS":
      return edsCluster(name).bytes;
    case "EDS":
      return new TextEncoder().encode(`\n\u0001${name}`);
    case "RDS":
      return routesOf(name, toCluster(content.slice(content.indexOf("to ") + 3))).bytes;
  }
}
