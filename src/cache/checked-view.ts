import type { Resource } from "../resource/mod.ts";
import type { View } from "./cache.ts";
import { uselessResult } from "./rejection.ts";
import { ResourceLog } from "./resource-log.ts";

/**
 * A view that may be the user's own, so that what it gives is checked before it is used: otherwise a mistake would be
 * found far from its cause, or by the client. Views of this package are passed through.
 *
 * @returns the same object for the same view
 * @throws TypeError if it is no view
 */
export function checkedView(view: View): View {
  if (!isObject(view)) throw uselessResult(view, "Cannot watch: a watcher must be called with a view");
  if (ResourceLog.isLog(view)) return view;
  let checked = views.get(view);
  if (checked === undefined) views.set(view, checked = new CheckedView(view));
  return checked;
}

/** @throws TypeError - by each member, where the view gives something else than the contract says */
class CheckedView implements View {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  get version(): string {
    return checked(this.#view.version, "a version must be a text", isString);
  }

  get revision(): number {
    return checked(this.#view.revision, "a revision must be a number", Number.isFinite);
  }

  get size(): number {
    return checked(this.#view.size, "a size must be a number", Number.isFinite);
  }

  get isLoading(): View["isLoading"] {
    const view = this.#view;
    if (view.isLoading === undefined) return undefined;
    return (name) => checked(view.isLoading?.(name) ?? false, "isLoading must return a boolean", isBoolean);
  }

  get(name: string): Resource | undefined {
    return checked(this.#view.get(name), "get must return a resource or undefined", isResource);
  }

  changesSince(revision: number): ReadonlyMap<string, Resource | undefined> | undefined {
    const changes = checked(this.#view.changesSince(revision), "changesSince must return a map or undefined", isMap);
    // Streams share what is derived from a map, by its identity.
    if (changes === undefined || knownMaps.has(changes)) return changes;
    for (const [name, resource] of changes) {
      checked(name, "a changed name must be a text", isString);
      checked(resource, "a change must be a resource or undefined", isResource);
    }
    knownMaps.add(changes);
    return changes;
  }

  *[Symbol.iterator](): Iterator<Resource> {
    const resources = checked(this.#view[Symbol.iterator](), "it must be iterable", isIterator);
    for (const resource of { [Symbol.iterator]: () => resources }) {
      yield checked(resource, "it must be made of resources", (each) => each !== undefined && isResource(each));
    }
  }
}

const views = new WeakMap<View, CheckedView>();
const knownMaps = new WeakSet<ReadonlyMap<string, Resource | undefined>>();

const CANNOT = "Cannot read the view of the cache";

function checked<T>(value: T, rule: string, isValid: (value: unknown) => boolean): T {
  if (isValid(value)) return value;
  throw uselessResult(value, `${CANNOT}: ${rule}`);
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isMap(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && ["get", "entries"].every((name) => typeof Reflect.get(value, name) === "function");
}

function isIterator(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, "next") === "function";
}

/** The version is not read, since that may cost a hash. */
function isResource(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && isString(Reflect.get(value, "name"));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
