import { expect } from "vitest";
import { type Resource, Snapshot, type SnapshotChange } from "../../../mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../../src/v3/mod.ts";
import type { Content, Publication } from "./steps.ts";

/** What a publication publishes. */
export function contentOf(content: Content): Resource[] {
  return Object.entries(content).flatMap(([name, i]) => [
    // Those of 2 are content of their own.
    cluster({ name, altStatName: i === 2 ? "x".repeat(1_100) : `${i}` }),
    endpoints({ clusterName: name, policy: { overprovisioningFactor: i + 1 } }),
  ]);
}

/** How a publication changes what its key has. */
export function changeOf({ content, remove }: Extract<Publication, { do: "update" }>): SnapshotChange {
  return { update: contentOf(content), remove: { [CLUSTER_TYPE]: remove, [ENDPOINT_TYPE]: remove } };
}

/** The resources of a snapshot with their versions. */
export function textOf(snapshot: Snapshot | undefined): string {
  const lines = snapshot?.types.flatMap((typeUrl) => {
    return Array.from(snapshot.resources(typeUrl).values(), ({ name, version }) => `${typeUrl} ${name} ${version}`);
  });
  return lines?.sort().join("\n") ?? "none";
}

/** All manifests of a key that were written, and what the key has with each of them if all is as it should be. */
export class History {
  readonly #writes: { readonly revision: number; readonly publication: Publication | undefined }[] = [];
  readonly #acknowledged: { readonly revision: number; readonly publication: Publication }[] = [];

  /** @param publication - undefined for a collector, which changes nothing */
  wrote(revision: number, publication: Publication | undefined): void {
    this.#writes.push({ revision, publication });
  }

  acknowledged(revision: number, publication: Publication): void {
    this.#acknowledged.push({ revision, publication });
  }

  /** What the key has had, by revision. */
  #states(): Map<number, Snapshot | undefined> {
    let snapshot: Snapshot | undefined;
    const states = new Map([[0, snapshot]]);
    for (const { revision, publication } of this.#writes.toSorted((a, b) => a.revision - b.revision)) {
      if (publication !== undefined) snapshot = after(snapshot, publication);
      states.set(revision, snapshot);
    }
    return states;
  }

  /** @throws if the store has something else, or the clients of a replica were given something else */
  check(found: Snapshot | undefined, seen: readonly string[]): void {
    const states = this.#states();
    expect(textOf(found), "every publication is applied to the one before").toBe(textOf([...states.values()].at(-1)));
    for (const { revision, publication } of this.#acknowledged) {
      expect(states.has(revision), "what was acknowledged was written").toBe(true);
      const state = states.get(revision);
      expect(textOf(after(state, publication)), "what was acknowledged is in effect").toBe(textOf(state));
    }
    const left = Array.from(states.values(), textOf);
    for (const each of seen) {
      const i = left.indexOf(each);
      expect(i, "clients are given whole publications, in their order").toBeGreaterThanOrEqual(0);
      left.splice(0, i);
    }
  }
}

function after(before: Snapshot | undefined, publication: Publication): Snapshot | undefined {
  if (publication.do === "clear") return undefined;
  if (publication.do === "publish") return new Snapshot({ resources: contentOf(publication.content) });
  return (before ?? new Snapshot()).with(changeOf(publication));
}
