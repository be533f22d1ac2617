import type { DiscoveryCallbacks, QuarantineInfo, ReleaseInfo } from "../../mod.ts";

/** A response that the server sent. */
export interface Sent {
  /** The id of the stream; undefined for a poll. */
  readonly stream?: number;
  readonly typeUrl: string;
  readonly version: string;
  readonly names: readonly string[];
}

/** A NACK of Envoy. */
export interface Rejection {
  readonly typeUrl: string;
  readonly version: string;
  readonly message: string;
}

/** What a server and its clients said to each other. */
export class Journal {
  readonly sent: Sent[] = [];
  /** The heartbeats of resources with a ttl. */
  readonly heartbeats: Sent[] = [];
  /** Emptied by a case that expects them. */
  readonly nacks: Rejection[] = [];
  /** How many NACKs there were, those included that a case expects. */
  nackCount = 0;
  /** What Envoy was not sent, and could be sent again. */
  readonly quarantined: QuarantineInfo[] = [];
  readonly released: ReleaseInfo[] = [];
  /** What the server was not to blame a client for. */
  readonly errors: unknown[] = [];
  readonly callbacks: DiscoveryCallbacks;
  readonly #lines: string[] = [];
  readonly #started = performance.now();

  constructor() {
    this.callbacks = {
      onStreamClose: ({ id }, error) => this.#note(`#${id} closed ${error?.message ?? ""}`),
      onRequest: ({ id }, { typeUrl, nonce, names, unsubscribe, error }) => {
        const said = [`nonce "${nonce}"`, list(names), list(unsubscribe, "-"), error?.message ?? ""];
        this.#note(`#${id} <- ${short(typeUrl)} ${said.join(" ")}`);
      },
      onResponse: ({ id }, { typeUrl, version, nonce, resources, removed, unknown, heartbeat }) => {
        const names = resources.map(({ name }) => name);
        (heartbeat ? this.heartbeats : this.sent).push({ stream: id, typeUrl, version, names });
        const said = [
          `nonce "${nonce}"`,
          heartbeat ? "heartbeat" : "",
          list(names),
          list(removed, "-"),
          list(unknown, "?"),
        ];
        this.#note(`#${id} -> ${short(typeUrl)} ${said.join(" ")}`);
      },
      onNack: (_, { typeUrl, version, message }) => {
        this.nackCount++;
        this.nacks.push({ typeUrl, version, message });
      },
      onQuarantine: (_, content) => void this.quarantined.push(content),
      onRelease: (_, content) => void this.released.push(content),
      onFetchResponse: ({ typeUrl }, { modified, version, resources }) => {
        if (!modified) return;
        const names = resources.map(({ name }) => name);
        this.sent.push({ typeUrl, version, names });
        this.#note(`poll -> ${short(typeUrl)} version "${version}" ${list(names)}`);
      },
      onError: (error) => void this.errors.push(error),
    };
  }

  /** The last that was said, for people to read. */
  get tail(): string {
    return this.#lines.slice(-60).join("\n");
  }

  #note(line: string): void {
    this.#lines.push(`${(performance.now() - this.#started).toFixed(1).padStart(9)} ms ${line.trimEnd()}`);
    // Thousands of updates would otherwise fill the memory.
    if (this.#lines.length > 1_000) this.#lines.splice(0, 500);
  }
}

function short(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}

function list(names: readonly string[], sign = ""): string {
  const more = names.length > 8 ? [`and ${names.length - 8} more`] : [];
  return [...names.slice(0, 8).map((name) => sign + name), ...more].join(" ");
}
