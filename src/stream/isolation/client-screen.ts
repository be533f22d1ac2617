import type { Resource } from "../../resource/mod.ts";
import type { Changes } from "../change-set.ts";
import type { ScreenInput } from "./isolation-types.ts";
import type { Quarantine } from "./quarantine.ts";
import { type Screen, withoutExcluded } from "./screened-view.ts";
import type { StandIns } from "./stand-ins.ts";
import type { Trials } from "./trials.ts";

/** What a screen looks at. */
export interface ScreenedClient {
  readonly quarantine: Quarantine;
  readonly standIns: StandIns;
  readonly trials: Trials | undefined;
}

/** Keeps one client from what it or others reject, for one update, and from what refers to that. */
export class ClientScreen implements Screen {
  readonly #client: ScreenedClient;
  readonly #input: ScreenInput;

  constructor(client: ScreenedClient, input: ScreenInput) {
    this.#client = client;
    this.#input = input;
  }

  excludes = (resource: Resource): boolean => {
    const { quarantine, standIns } = this.#client;
    // Left out, it would be removed where the client has it from an earlier stream: it is for the client to judge.
    if (standIns.isUnknown && standIns.insteadOf(resource) === undefined) return false;
    if (isKept(resource, this.#client)) return true;
    const { findMissing, isDue, now } = this.#input;
    // What the client returns with it uses, whatever it refers to.
    const mayWait = findMissing !== undefined && isDue(resource.name) && !standIns.isHeld(resource);
    const missing = mayWait ? findMissing(resource) : undefined;
    if (missing === undefined) return false;
    quarantine.add(resource, { reason: `waits for ${missing}`, since: now, by: "reference" });
    return true;
  };

  insteadOf(resource: Resource): Resource | undefined {
    const { standIns } = this.#client;
    const instead = standIns.insteadOf(resource);
    if (instead === undefined || standIns.isRemovedWithout(instead.name)) return instead;
    if (!standIns.isSent(instead.name)) return undefined;
    // What others have accepted may be new to the client, and must not refer to what it is not sent.
    return this.#input.findMissing?.(instead) === undefined ? instead : undefined;
  }

  changesOf(changes: Changes): Changes {
    return withoutExcluded(changes, this);
  }
}

/** Whether a client is not sent a resource since it or others reject it. */
export function isKept(resource: Resource, { quarantine, standIns, trials }: ScreenedClient): boolean {
  if (quarantine.has(resource) || trials?.isWaiting(resource)) return true;
  // A client may have applied a part of what it rejects: it judges that itself.
  return !trials?.has(resource) && standIns.areNeededFor(resource);
}
