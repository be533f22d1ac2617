import { execFileSync } from "node:child_process";

/** A type in the JSON of `deno doc`, as far as it is read here. */
interface Type {
  readonly kind: string;
  readonly value: unknown;
}

interface Param {
  readonly kind: string;
  readonly name?: string;
  readonly tsType?: Type;
  /** Of a parameter with a default. */
  readonly left?: Param;
}

interface Signature {
  readonly params: readonly Param[];
  readonly tsType?: Type;
  readonly returnType?: Type;
}

interface Members {
  readonly methods?: readonly (Signature & { readonly name: string; readonly functionDef?: Signature })[];
  readonly properties?: readonly { readonly name: string; readonly tsType?: Type }[];
  readonly constructors?: readonly Signature[];
  readonly extends?: readonly Type[] | string;
}

interface Declaration {
  readonly kind: string;
  readonly def: Members & Signature;
}

interface Reference {
  readonly typeName: string;
  readonly typeParams?: readonly Type[];
}

/** The public API, as `deno doc --json` has it: the declarations of each exported name. */
export type Api = ReadonlyMap<string, readonly Declaration[]>;

/** Reads the API of entry points. */
export function readApi(entries: readonly string[]): Api {
  const json = execFileSync("deno", ["doc", "--json", ...entries], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: "pipe",
  });
  const modules = Object.values((JSON.parse(json) as { nodes: Record<string, { symbols: Symbols }> }).nodes);
  const symbols = modules.flatMap((each) => each.symbols).map(({ name, declarations }) => {
    return [name, declarations.filter(({ kind }) => kind !== "reference")] as const;
  });
  return new Map(symbols.filter(([, declarations]) => declarations.length > 0));
}

type Symbols = readonly { readonly name: string; readonly declarations: readonly Declaration[] }[];

/**
 * The places at which the package calls code of its user: functions, iterables and live objects that it is given, at any
 * depth. What a function of the user returns is the user's as well, and so is what the user passes to a function that the
 * package gave it, such as the view that a cache calls its watcher with.
 */
export function placesIn(api: Api): string[] {
  const places = new Set<string>();
  const seen = new Set<string>();

  function given(type: Type | undefined, path: string): void {
    visit(type, path, true);
  }
  function made(type: Type | undefined, path: string): void {
    visit(type, path, false);
  }

  /** @param isGiven - the value comes from the user */
  function visit(type: Type | undefined, path: string, isGiven: boolean): void {
    if (type === undefined) return;
    const { kind, value } = type;
    if (kind === "fnOrConstructor") return call(value as Signature, path, isGiven);
    if (kind === "union" || kind === "intersection") {
      return (value as Type[]).forEach((each) => visit(each, path, isGiven));
    }
    if (kind === "array" || kind === "parenthesized" || kind === "rest") return visit(value as Type, path, isGiven);
    if (kind === "typeOperator") return visit((value as { tsType: Type }).tsType, path, isGiven);
    if (kind === "typeLiteral") return members(value as Members, path, isGiven);
    if (kind === "typeRef") return reference(value as Reference, path, isGiven);
  }

  function reference({ typeName, typeParams = [] }: Reference, path: string, isGiven: boolean): void {
    const isCalled = isGiven ? CALLED_IF_GIVEN.has(typeName) : CALLED_IF_MADE.has(typeName);
    if (isCalled) places.add(path);
    typeParams.forEach((each) => visit(each, path, isGiven));
    for (const { kind, def } of api.get(typeName) ?? []) {
      if (kind === "typeAlias") visit(def.tsType, path, isGiven);
      if (kind !== "interface" || OURS.has(typeName) && isGiven) continue;
      if (seen.has(`${isGiven} ${typeName}`)) continue;
      seen.add(`${isGiven} ${typeName}`);
      members(def, typeName, isGiven);
    }
  }

  /** Properties of an object that has methods are read while it changes, and may be getters. */
  function members(
    { methods = [], properties = [], extends: parents = [] }: Members,
    path: string,
    isGiven: boolean,
  ): void {
    if (isGiven && methods.length > 0 && !BAGS.has(path)) {
      for (const { name } of properties) places.add(`${path}.${name}`);
    }
    for (const each of methods) call(each.functionDef ?? each, `${path}.${each.name}`, isGiven);
    for (const { name, tsType } of properties) visit(tsType, `${path}.${name}`, isGiven);
    for (const parent of typeof parents === "string" ? [] : parents) visit(parent, `${path}[Symbol.iterator]`, isGiven);
  }

  function call({ params, tsType, returnType }: Signature, path: string, isGiven: boolean): void {
    if (isGiven) places.add(path);
    for (const param of params) visit(typeOf(param), `${path}(${nameOf(param)})`, !isGiven);
    visit(returnType ?? tsType, path, isGiven);
  }

  for (const [name, declarations] of api) {
    for (const { kind, def } of declarations) {
      if (kind === "function") call(def, name, false);
      if (kind !== "class") continue;
      for (const each of def.constructors ?? []) {
        for (const param of each.params) given(typeOf(param), `${name}(${nameOf(param)})`);
      }
      members({ ...def, properties: [], extends: [] }, name, false);
      for (const { tsType, name: property } of def.properties ?? []) made(tsType, `${name}.${property}`);
    }
  }
  return [...places].sort();
}

/** Classes of the language that call back: iterables that the user may have made, and requests with a body. */
const CALLED_IF_GIVEN = new Set(["Iterable", "AsyncIterable", "Request"]);
/** Objects of the package that the user adds listeners to. */
const CALLED_IF_MADE = new Set(["AbortSignal"]);
/** Interfaces that only this package implements. */
const OURS = new Set(["DiscoveryServer", "ConnectRouter", "ContextKey"]);
/** Options: their other properties are read once, where they are handed over. */
const BAGS = new Set(["TlsLoader", "Logger", "DiscoveryCallbacks", "StreamCallbacks"]);

function typeOf(param: Param): Type | undefined {
  return param.tsType ?? param.left?.tsType;
}

function nameOf(param: Param): string {
  return param.name ?? param.left?.name ?? "options";
}
