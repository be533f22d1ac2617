import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { Changes } from "../change-set.ts";

/** Decides which content of a view is not sent. */
export interface Screen {
  /** Whether a resource is not sent as it is. */
  excludes(resource: Resource): boolean;
  /** The content that is sent in its place; undefined: the resource is left out. */
  insteadOf(resource: Resource): Resource | undefined;
  /** The changes that are sent: the same map for the same changes where streams share what is screened. */
  changesOf(changes: Changes): Changes;
}

/** A view without the content that a client rejects. Positions are those of the view behind it. */
export class ScreenedView implements View {
  readonly #view: View;
  readonly #screen: Screen;

  constructor(view: View, screen: Screen) {
    this.#view = view;
    this.#screen = screen;
  }

  get version(): string {
    return this.#view.version;
  }

  get revision(): number {
    return this.#view.revision;
  }

  get size(): number {
    return [...this].length;
  }

  get(name: string): Resource | undefined {
    const resource = this.#view.get(name);
    return resource && this.#screened(resource);
  }

  *[Symbol.iterator](): Iterator<Resource> {
    for (const resource of this.#view) {
      const screened = this.#screened(resource);
      if (screened !== undefined) yield screened;
    }
  }

  /** A resource that is left out is not reported as removed. */
  isLoading(name: string): boolean {
    const resource = this.#view.get(name);
    if (resource === undefined) return this.#view.isLoading?.(name) ?? false;
    return this.#screened(resource) === undefined;
  }

  changesSince(revision: number): Changes | undefined {
    const changes = this.#view.changesSince(revision);
    return changes && this.#screen.changesOf(changes);
  }

  #screened(resource: Resource): Resource | undefined {
    return this.#screen.excludes(resource) ? this.#screen.insteadOf(resource) : resource;
  }
}

/** What a screen does not exclude: of changes, the client keeps what it has of the others. */
export function withoutExcluded<R extends Resource | undefined>(
  resources: ReadonlyMap<string, R>,
  { excludes }: Pick<Screen, "excludes">,
): ReadonlyMap<string, R> {
  const left = new Map<string, R>();
  for (const [name, resource] of resources) if (resource === undefined || !excludes(resource)) left.set(name, resource);
  return left;
}
