import { normalName, type Resource, type ResourceType } from "../resource/mod.ts";
import type { SubscriptionChange, View, Watch } from "../cache/mod.ts";
import type { DiscoveryRequest } from "./request.ts";
import type { OutgoingResponse, ResponseFactory } from "./response.ts";
import { type NameChange, SubscribedNames } from "./subscribed-names.ts";

/** So many, that one may be late without the resource expiring. */
const BEATS_PER_TTL = 3;

/** What a subscription knows of its stream. */
export interface SubscriptionContext {
  readonly responses: ResponseFactory;
  /** Whether the client can read a ttl, and heartbeats. */
  readonly ttl: boolean;
}

/** What a request changed. */
export interface RequestEffect extends SubscriptionChange {
  /** The wildcard was added or dropped. */
  readonly wildcardChanged: boolean;
}

/** What the client said of the last response. */
export type Verdict = "ack" | "nack" | undefined;

/**
 * What one stream has of one type: what the client asked for, what it has been told, and the one response that it has
 * not answered yet. SotW and delta differ in how they read a request and in what they put into a response.
 *
 * A client in sync costs a position in the view's log, however many resources there are. What a client rejected counts
 * as told: it is not sent again before it changes, or is asked for again.
 */
export abstract class TypeSubscription extends SubscribedNames {
  readonly typeUrl: string;
  readonly type: ResourceType | undefined;

  watch: Watch | undefined = undefined;
  view: View | undefined = undefined;
  /** The client belongs to another group now, of which there is no view yet: nothing more of the old one is sent. */
  moved = false;
  /** The view has changed, as far as the watch can tell. */
  changed = false;
  /** Names that are to be answered, changed or not. */
  readonly owed = new Set<string>();
  /** Names to be answered once the cache has found out whether they exist. */
  #loading: Set<string> | undefined = undefined;
  /** Everything is to be answered, changed or not, and be it with an empty response. */
  owesAll = false;

  /** The resources of the last response that were new or changed, or asked for again. */
  news: readonly Resource[] = [];
  /** Names of another type that the client is to be sent before it can use what it was sent of this one. */
  awaited: readonly string[] = [];
  /**
   * Names of other types, by type, that what the client was sent of this one refers to, and that it has not asked for
   * yet: until it has them it goes on with what it had before.
   */
  readonly leadsTo = new Map<string, readonly string[]>();
  /** What the client needs for what it was sent of another type, as it was then: it may be gone when it is asked for. */
  promised: ReadonlyMap<string, Resource> = new Map();
  /** What is gone, and which the client is not told yet: in SotW with the resource as it was. */
  readonly kept = new Map<string, Resource | undefined>();
  /** Since when removals are kept, or changes are held back, in the time that the stream is given. */
  keptSince: number | undefined = undefined;
  heldSince: number | undefined = undefined;

  /** The response that the client has neither accepted nor rejected. */
  outstanding: OutgoingResponse | undefined = undefined;
  /** A response for whose answer no other type waits any more. */
  givenUp: OutgoingResponse | undefined = undefined;
  /** When the last response was made, in the time that the stream is given. */
  sentAt = 0;
  /** The nonce of the last response; undefined before the first. */
  lastNonce: string | undefined = undefined;
  /** The serial of the last response. */
  lastSerial = 0;
  /** The version that the client accepted last. */
  ackedVersion: string | undefined = undefined;
  /** What the client rejected last, unless it has accepted something since. */
  nacked: { readonly version: string; readonly message: string } | undefined = undefined;

  /** When the client is to be told that what has a ttl goes on, in the time that the stream is given. */
  beatAt: number | undefined = undefined;
  /** The shortest ttl among what the client has, as far as it is known. */
  protected ttlMs: number | undefined = undefined;

  /** That something goes on is told with its content. */
  protected beatsInFull = false;

  /** The revision of the view up to which the client has been told; undefined: of nothing. */
  protected position: number | undefined = undefined;
  protected requests = 0;
  /** The client came with a version of another stream: it has something to go on with. */
  protected returning = false;

  constructor(typeUrl: string, type: ResourceType | undefined) {
    super();
    this.typeUrl = typeUrl;
    this.type = type;
  }

  /** Whether the client waits for an answer to something that it asked. */
  get owes(): boolean {
    return this.owesAll || this.owed.size > 0;
  }

  /** Whether the client can do nothing before it is answered. */
  get urgent(): boolean {
    return this.owes && (this.told || !this.returning);
  }

  /** Whether there may be something to send, now or once the client has answered. */
  get pending(): boolean {
    return this.view !== undefined && !this.moved && (this.changed || this.owes);
  }

  /** Whether the client has still to say what it thinks of the last response, and is waited for. */
  get answerDue(): boolean {
    return this.outstanding !== undefined && this.outstanding !== this.givenUp;
  }

  /** Whether the client wants nothing. */
  get empty(): boolean {
    return !this.wildcard && this.names.size === 0;
  }

  /** Whether the client has been told of the view as it was once. */
  get told(): boolean {
    return this.position !== undefined;
  }

  /** Answers a name once more, or all that is wanted of a collection, if the client is subscribed to it. */
  repeat(name: string): void {
    if (this.names.has(name)) this.owe(name);
  }

  /** The name is to be sent again, whether the client says that it has it or not. */
  owe(name: string): void {
    this.owed.add(name);
  }

  /**
   * What the request says of the last response. A nonce that is not the last one is neither an ACK nor a NACK, and a
   * response is answered once: some clients repeat their error in each later request.
   */
  judge({ nonce, error }: DiscoveryRequest): Verdict {
    const answered = this.outstanding;
    if (answered === undefined || nonce !== answered.nonce) return undefined;
    this.outstanding = undefined;
    if (error !== undefined) {
      this.nacked = { version: answered.version, message: error.message };
      if (answered.heartbeat) this.#renew(answered);
      return "nack";
    }
    this.ackedVersion = answered.version;
    this.nacked = undefined;
    return "ack";
  }

  /** Takes over what the request asks for. */
  abstract subscribe(request: DiscoveryRequest, legacyWildcard: boolean): RequestEffect;

  /**
   * Makes the next response and counts it as told; undefined if there is nothing to say.
   *
   * @param keep - what is gone is not told yet, unless the client asked for it
   */
  respond(context: SubscriptionContext, keep = false): OutgoingResponse | undefined {
    const { view } = this;
    if (view === undefined) return undefined;
    this.news = [];
    const response = this.makeResponse(view, context, keep);
    if (!keep) this.kept.clear();
    if (response !== undefined) this.noteTtl(response.ttlMs);
    if (response !== undefined && this.type?.references?.some(({ resends }) => !resends)) {
      this.news = this.newsOf(response, view);
    }
    this.position = view.revision;
    this.changed = false;
    this.owesAll = false;
    this.owed.clear();
    if (response !== undefined) this.#sent(response);
    return response;
  }

  /**
   * Tells the client, which is in sync, that what has a ttl goes on; undefined if nothing has one any more.
   *
   * Types with full state are sent in full, for what a response of theirs leaves out is deleted, content or not.
   */
  beat(context: SubscriptionContext): OutgoingResponse | undefined {
    this.news = [];
    this.ttlMs = undefined;
    const response = this.view && this.makeHeartbeat(this.view, context);
    if (response === undefined) return undefined;
    this.noteTtl(response.ttlMs);
    this.#sent(response);
    return response;
  }

  /** Plans the next heartbeat, if one is needed; `restart`: one has just been sent. */
  planBeat(now: number, restart: boolean): void {
    if (this.ttlMs === undefined) this.beatAt = undefined;
    else {
      const next = now + this.ttlMs / BEATS_PER_TTL;
      this.beatAt = restart ? next : Math.min(this.beatAt ?? next, next);
    }
  }

  protected noteTtl(ttlMs: number | undefined): void {
    if (ttlMs !== undefined) this.ttlMs = Math.min(this.ttlMs ?? ttlMs, ttlMs);
  }

  /**
   * The client does not have what it was told goes on: it was not reached in time, and has let it expire. Or it cannot
   * read heartbeats, so it gets no more of them.
   */
  #renew({ resources }: OutgoingResponse): void {
    this.beatsInFull = true;
    for (const { name } of resources) {
      const normal = normalName(name);
      if (this.has(normal)) this.owe(normal);
    }
  }

  #sent(response: OutgoingResponse): void {
    this.outstanding = response;
    this.lastNonce = response.nonce;
    this.lastSerial = response.serial;
  }

  /** Something wanted may have changed in the view; if it is another view than before, all is compared anew. */
  see(view: View): void {
    if (this.view !== undefined && this.view !== view) this.leave(this.view);
    this.view = view;
    this.moved = false;
    this.changed = true;
    for (const name of this.#loading ?? []) this.owed.add(name);
    this.#loading = undefined;
  }

  /** The name is answered once the cache has found out whether it exists, if it is looking. @returns whether it is */
  protected awaits(name: string, view: View): boolean {
    if (!view.isLoading?.(name)) return false;
    (this.#loading ??= new Set()).add(name);
    return true;
  }

  protected override dropName(name: string, change: NameChange): boolean {
    this.#loading?.delete(name);
    return super.dropName(name, change);
  }

  protected abstract makeResponse(
    view: View,
    context: SubscriptionContext,
    keep: boolean,
  ): OutgoingResponse | undefined;

  protected abstract makeHeartbeat(view: View, context: SubscriptionContext): OutgoingResponse | undefined;

  /** What of the view has a ttl and is wanted. */
  protected withTtl(view: View): Resource[] {
    const wanted = this.wildcard ? [...view] : [...this.names].flatMap((name) => this.membersOf(name, view));
    const found = [...new Set(wanted)].filter(({ ttlMs }) => ttlMs !== undefined);
    return this.spells ? found.map((resource) => this.spelled(resource)) : found;
  }

  /** What is kept, as part of the key of a response that depends on it. */
  protected keptKey(): string {
    if (this.kept.size === 0) return "";
    return ` ${JSON.stringify([...this.kept].map(([name, resource]) => [name, resource?.version]))}`;
  }

  /** Which resources of a response are more than a repetition. */
  protected abstract newsOf(response: OutgoingResponse, view: View): readonly Resource[];

  /** The view is about to be replaced by another: its positions will mean nothing. */
  protected abstract leave(view: View): void;
}
