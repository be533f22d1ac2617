import type { Resource } from "../resource/mod.ts";
import type { Claim } from "./findings.ts";
import type { Problem } from "./problem.ts";
import type { ResourceFindings } from "./resource-findings.ts";

/** Finds resources of one type that claim the same for themselves. */
export class Claims {
  readonly #owners = new Map<string, Resource[]>();
  readonly #updated: ReadonlySet<Resource>;

  /**
   * @param all - all resources of the type
   * @param options.updated - those to report; of several that claim the same, all but the first
   */
  constructor(
    all: Iterable<Resource>,
    { findings, updated }: { readonly findings: ResourceFindings; readonly updated: ReadonlySet<Resource> },
  ) {
    this.#updated = updated;
    for (const resource of all) {
      for (const { key } of findings.of(resource).claims) {
        const owners = this.#owners.get(key);
        if (owners === undefined) this.#owners.set(key, [resource]);
        else if (!owners.includes(resource)) owners.push(resource);
      }
    }
  }

  /** The problem of a claim of a resource; undefined if no other has it. */
  problemOf(resource: Resource, { key, what, rule, path, severity }: Claim): Problem | undefined {
    const owners = this.#owners.get(key) ?? [];
    const other = owners.find((each) => each !== resource);
    if (other === undefined || owners[0] === resource && this.#updated.has(other)) return undefined;
    return {
      severity,
      typeUrl: resource.typeUrl,
      resource: resource.name,
      path,
      rule,
      message: "Must differ from that of any other resource of the type",
      value: what,
      hint: `"${other.name}" has it too`,
    };
  }
}
