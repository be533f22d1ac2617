import { normalName, type Resource, type ResourceKey } from "../resource/mod.ts";
import { CHECKS } from "./checks/mod.ts";
import { Claims } from "./claims.ts";
import { extensionsKnownTo } from "./checks/extensions.ts";
import { typeNameOf } from "./known-types.ts";
import type { ValidateOptions } from "./options.ts";
import type { Problem } from "./problem.ts";
import { MissingTargets, type Targets } from "./references/missing.ts";
import { REFERENCES } from "./references/mod.ts";
import { Referrers } from "./references/referrers.ts";
import { isOfSameKind } from "./references/target-kind.ts";
import { ResourceFindings } from "./resource-findings.ts";

/** What is validated: resources that are new, in their place among all. */
export interface Candidate {
  /** The resources to look at, each once. */
  readonly update: Iterable<Resource>;
  /** The resources that no longer exist. */
  readonly remove: readonly ResourceKey[];
  /** All resources before the change. Default: none, so that all claims are compared. */
  readonly before?: Targets | undefined;
  /** All resources with the change made. */
  readonly after: Targets;
  /** The type URLs of `after`. */
  readonly types: readonly string[];
  /** Whether `after` has the resources of all types, so that a reference to none of them leads nowhere. */
  readonly isComplete: boolean;
}

/** Validates resources with the same options, each of them once. */
export class Validator {
  readonly #options: ValidateOptions;
  readonly #findings: ResourceFindings;
  readonly #referrers: Referrers;
  readonly #external: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(options: ValidateOptions = {}) {
    this.#options = options;
    const { extensions, external = {} } = options;
    const known = extensions && new Set([...extensions].flatMap(({ typeUrls }) => [...typeUrls].map(typeNameOf)));
    this.#findings = new ResourceFindings([...CHECKS, ...REFERENCES, ...known ? extensionsKnownTo(known) : []]);
    this.#referrers = new Referrers((resource) => this.#findings.of(resource).references);
    this.#external = new Map(Object.entries(external).map(([typeUrl, names]) => [typeUrl, new Set(names)]));
  }

  /** The problems of resources, alone and among others. */
  problemsOf(candidate: Candidate): Problem[] {
    const missing = candidate.isComplete ? new MissingTargets(candidate.after, this.#external) : undefined;
    const problems: Problem[] = [];
    const claiming: Resource[] = [];
    for (const resource of candidate.update) {
      const findings = this.#findings.of(resource);
      if (findings.problems.length > 0) problems.push(...findings.problems);
      if (findings.claims.length > 0) claiming.push(resource);
      for (const reference of missing === undefined ? [] : findings.references) {
        const problem = missing!.problemOf(resource, reference);
        if (problem !== undefined) problems.push(problem);
      }
    }
    if (claiming.length > 0) problems.push(...this.#claimedTwice(claiming, candidate));
    if (missing !== undefined) problems.push(...this.#leftBehind({ ...candidate, missing }));
    return problems.flatMap((problem) => this.withSeverity(problem) ?? []);
  }

  /** A problem with the severity of the options; undefined if its rule is off. */
  withSeverity(problem: Problem): Problem | undefined {
    const { rules = {} } = this.#options;
    const severity = rules[problem.rule] ?? rules[problem.rule.slice(0, problem.rule.indexOf("."))];
    if (severity === "off") return undefined;
    return severity === undefined || severity === problem.severity ? problem : { ...problem, severity };
  }

  /** Problems of what resources claim, and others of their type as well. */
  #claimedTwice(
    claiming: readonly Resource[],
    { before, after, update }: Candidate,
  ): Problem[] {
    const problems: Problem[] = [];
    const updated = new Set(update);
    const byType = new Map<string, Claims>();
    for (const resource of claiming) {
      const { typeUrl, name } = resource;
      const old = before?.get(typeUrl, name);
      const had = new Set(old === undefined ? [] : this.#findings.of(old).claims.map(({ key }) => key));
      for (const claim of this.#findings.of(resource).claims) {
        // All resources of the type are looked at only for a claim that is new.
        if (had.has(claim.key)) continue;
        let claims = byType.get(typeUrl);
        if (claims === undefined) {
          claims = new Claims(after.resources(typeUrl).values(), { findings: this.#findings, updated });
          byType.set(typeUrl, claims);
        }
        const problem = claims.problemOf(resource, claim);
        if (problem !== undefined) problems.push(problem);
      }
    }
    return problems;
  }

  /** Problems of resources that stay, and refer to some that are removed, or become another kind of thing. */
  #leftBehind(
    { update, remove, before, after, types, missing }: Candidate & { readonly missing: MissingTargets },
  ): Problem[] {
    if (before !== undefined) this.#referrers.follow({ before, after, types, update });
    const targets = new Targeted([...remove, ...changedKinds(update, before, types)]);
    if (targets.keys.length === 0) return [];
    this.#referrers.cover(after, types);
    const updated = new Set(update);
    const left = new Set<Resource>();
    for (const target of targets.keys) {
      for (const each of this.#referrers.of(target)) {
        const resource = after.get(each.typeUrl, each.name);
        if (resource !== undefined && !updated.has(resource)) left.add(resource);
      }
    }
    const problems: Problem[] = [];
    for (const resource of left) {
      for (const reference of this.#findings.of(resource).references) {
        if (!targets.has(reference)) continue;
        const problem = missing.problemOf(resource, reference, REMOVED);
        if (problem !== undefined) problems.push(problem);
      }
    }
    return problems;
  }
}

/** A name that was right until now is hardly a wrong spelling of another one. */
const REMOVED = "This change removes it";

/** Resources that are of another kind than before, or new, and that others may refer to already. */
function changedKinds(
  update: Iterable<Resource>,
  before: Targets | undefined,
  types: readonly string[],
): ResourceKey[] {
  // Of the first publication, all that refer to anything are looked at themselves.
  if (before === undefined || types.every((typeUrl) => before.resources(typeUrl).size === 0)) return [];
  return [...update].filter((resource) => !isOfSameKind(before.get(resource.typeUrl, resource.name), resource));
}

/** Names in their normal form, by type URL. */
class Targeted {
  readonly keys: readonly ResourceKey[];
  readonly #names = new Map<string, Set<string>>();

  constructor(keys: readonly ResourceKey[]) {
    this.keys = keys.map(({ typeUrl, name }) => ({ typeUrl, name: normalName(name) }));
    for (const { typeUrl, name } of this.keys) {
      const names = this.#names.get(typeUrl);
      if (names === undefined) this.#names.set(typeUrl, new Set([name]));
      else names.add(name);
    }
  }

  has({ typeUrl, name }: ResourceKey): boolean {
    return this.#names.get(typeUrl)?.has(normalName(name)) === true;
  }
}
