import { CollectionIndex, type Subscription, type View } from "../cache/mod.ts";
import { collectionOf, isGlob, isXdstp, type Resource } from "../resource/mod.ts";
import { XdstpNames } from "./xdstp-names.ts";

/** The name that asks for everything. */
export const WILDCARD = "*";

/** What a request changes of the names, while it is put together. */
export interface NameChange {
  readonly added: string[];
  readonly removed: string[];
  addedCollections?: string[];
  removedCollections?: string[];
}

/** What a client is subscribed to of one type, by names, collections and the wildcard. */
export abstract class SubscribedNames implements Subscription {
  /** In their normal form. */
  readonly names = new Set<string>();
  wildcard = false;
  #xdstp: XdstpNames | undefined = undefined;

  get collections(): ReadonlySet<string> {
    return this.#xdstp?.collections ?? NO_COLLECTIONS;
  }

  /** Whether a resource of this name is wanted. */
  has(name: string): boolean {
    return this.wildcard || this.names.has(name) || (this.#xdstp !== undefined && isIn(this.#xdstp.collections, name));
  }

  /** The normal form of a name as the client uses it. */
  protected normal(name: string): string {
    return isXdstp(name) ? (this.#xdstp ??= new XdstpNames()).normal(name) : name;
  }

  /** Whether the client spells names otherwise than here. */
  protected get spells(): boolean {
    return this.#xdstp?.areSpelled ?? false;
  }

  /** A resource under the name that the client uses for it. */
  protected spelled(resource: Resource): Resource {
    const name = this.#xdstp?.spelled(resource.name) ?? resource.name;
    return name === resource.name ? resource : resource.withName(name);
  }

  /** A name as the client uses it. */
  protected spelledName(name: string): string {
    return this.#xdstp?.spelled(name) ?? name;
  }

  /** Adds a name in its normal form. @returns false if it was there */
  protected addName(name: string, change: NameChange): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    change.added.push(name);
    const collection = this.collectionFor(name);
    if (collection !== undefined && (this.#xdstp ??= new XdstpNames()).enter(collection)) {
      (change.addedCollections ??= []).push(collection);
    }
    return true;
  }

  /** Drops a name in its normal form. @returns false if it was not there */
  protected dropName(name: string, change: NameChange): boolean {
    if (!this.names.delete(name)) return false;
    change.removed.push(name);
    if (this.#xdstp === undefined) return true;
    this.#xdstp.forget(name);
    const collection = this.collectionFor(name);
    if (collection !== undefined && this.#xdstp.leave(collection)) (change.removedCollections ??= []).push(collection);
    return true;
  }

  /** The collection whose members a name may be answered with, if it is not the name of a single resource. */
  protected collectionFor(name: string): string | undefined {
    return isGlob(name) ? name : undefined;
  }

  /** The resources that a name asks for: itself, or all members of the collection that it names. */
  protected membersOf(name: string, view: View): Resource[] {
    const names = this.collections.has(name) ? CollectionIndex.of(view).members(name) : [name];
    return [...names].map((each) => view.get(each)).filter((resource) => resource !== undefined);
  }
}

const NO_COLLECTIONS: ReadonlySet<string> = new Set();

function isIn(collections: ReadonlySet<string>, name: string): boolean {
  if (collections.size === 0) return false;
  const collection = collectionOf(name);
  return collection !== undefined && collections.has(collection);
}
