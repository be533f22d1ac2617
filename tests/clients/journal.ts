import type { Said } from "../runtimes/command.ts";

/** What a server and its clients said to each other, as the server's callbacks heard it. */
export class Journal {
  /** Since the server was started. */
  readonly said: Said[] = [];
  /** Those that a case has not expected yet. */
  readonly nacks: Said[] = [];
  /** How many there were, those included that a case expects. */
  nackCount = 0;
  /** What the server was not to blame a client for. */
  readonly errors: Said[] = [];

  add(said: readonly Said[]): void {
    this.said.push(...said);
    const nacks = said.filter(({ what }) => what === "nack");
    this.nackCount += nacks.length;
    this.nacks.push(...nacks);
    this.errors.push(...said.filter(({ what }) => what === "error"));
  }

  /** Begins anew, with another server whose streams are others. */
  restart(): void {
    this.said.length = 0;
  }

  /** All that was said of a kind, and about a type if one is given. */
  of(what: Said["what"], typeUrl?: string): Said[] {
    return this.said.filter((said) => said.what === what && (typeUrl === undefined || said.typeUrl === typeUrl));
  }

  /** What is asked for at the moment, on streams that are open, as `<type> <name>`. */
  get subscribed(): string[] {
    const asked = new Map<string, readonly string[]>();
    for (const { what, stream, typeUrl = "", names = [] } of this.said) {
      if (what === "request") asked.set(`${stream} ${typeUrl}`, names.map((name) => `${shortType(typeUrl)} ${name}`));
      if (what === "close") asked.forEach((_, key) => key.startsWith(`${stream} `) && asked.delete(key));
    }
    return [...new Set([...asked.values()].flat())].toSorted();
  }

  /** The last that was said, for people to read. */
  get tail(): string {
    return this.said.slice(-60).map(line).join("\n");
  }
}

function line({ what, stream, typeUrl = "", version = "", nonce, names = [], message = "" }: Said): string {
  const said = [
    shortType(typeUrl),
    nonce === undefined ? "" : `nonce "${nonce}" version "${version}"`,
    names.join(" "),
    message,
  ];
  return `  #${stream} ${what.padEnd(8)} ${said.filter(Boolean).join(" ")}`;
}

function shortType(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}
