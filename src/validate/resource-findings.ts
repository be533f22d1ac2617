import type { DescMessage, Message, Resource } from "../resource/mod.ts";
import type { Check } from "./check.ts";
import type { Findings } from "./findings.ts";
import { knownType, typeNameOf, unpack } from "./known-types.ts";
import { Place } from "./place.ts";
import type { Problem } from "./problem.ts";
import { planOf } from "./rules/message-plan.ts";
import { type Finding, Walk } from "./rules/walk.ts";
import { decodeSparse } from "./sparse/decode.ts";
import { type CheckWalk, walkOf } from "./walk.ts";

/**
 * Looks at resources one by one, each once: what was found is kept as long as the resource is referenced.
 */
export class ResourceFindings {
  readonly #walk: CheckWalk;
  readonly #known = new WeakMap<Resource, Findings>();
  /** By type URL. There are thousands of resources of one type. */
  readonly #schemas = new Map<string, DescMessage>();
  #rules = new Walk({ unpack });
  #place: Place | undefined = undefined;

  /** @param checks - what to look for */
  constructor(checks: readonly Check[]) {
    this.#walk = walkOf(checks);
  }

  /** What is found in a resource. */
  of(resource: Resource): Findings {
    let findings = this.#known.get(resource);
    if (findings === undefined) this.#known.set(resource, findings = this.#look(resource));
    return findings;
  }

  #look(resource: Resource): Findings {
    const schema = this.#schemaOf(resource.typeUrl);
    // Types of your own have no rules that are known here.
    if (schema === undefined) return NOTHING;
    const at = this.#placeOf(resource);
    let message;
    try {
      message = decodeSparse(schema, resource.bytes);
    } catch (error) {
      at.rule = "resource.unreadable";
      const field = /: (\S+) has a value of another type$/.exec(String(error))?.[1];
      at.error({ message: `Must be a message of its type${field === undefined ? "" : `; its field ${field} is not`}` });
      return { problems: at.problems, references: [], claims: [] };
    }
    const { typeUrl, name } = resource;
    const rules = this.#brokenRules(schema, message);
    const broken = rules.length === 0 ? NONE : rules.map((each): Problem => ({ typeUrl, resource: name, ...each }));
    this.#walk(schema, message, at);
    this.#place = at;
    const problems = broken.length === 0 ? at.problems : [...broken, ...at.problems.filter(isNew(broken))];
    const { references, claims } = at;
    if (problems.length + references.length + claims.length === 0) return NOTHING;
    return { problems, references, claims };
  }

  /** One place serves for all resources, unless a walk has not come to its end. */
  #placeOf(resource: Resource): Place {
    const at = this.#place;
    if (at === undefined) return new Place(resource);
    this.#place = undefined;
    at.restart(resource);
    return at;
  }

  #schemaOf(typeUrl: string): DescMessage | undefined {
    let schema = this.#schemas.get(typeUrl);
    if (schema === undefined) {
      schema = knownType(typeNameOf(typeUrl));
      if (schema !== undefined) this.#schemas.set(typeUrl, schema);
    }
    return schema;
  }

  #brokenRules(schema: DescMessage, message: Message): readonly Finding[] {
    const { findings } = this.#rules;
    planOf(schema).check(message, this.#rules);
    // One walk serves all resources in which it finds nothing.
    if (findings.length > 0) this.#rules = new Walk({ unpack });
    return findings;
  }
}

const NONE: readonly never[] = [];

/** Whether the rules of the API have not said what a check says of the same field. */
function isNew(broken: readonly Problem[]): (problem: Problem) => boolean {
  const paths = new Set(broken.filter(({ severity }) => severity === "error").map(({ path }) => path));
  return ({ path }) => !paths.has(path);
}

/** Shared by all resources that are fine and refer to no others. */
const NOTHING: Findings = { problems: [], references: [], claims: [] };
