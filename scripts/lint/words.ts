// The words that this project does not use, each with what stands for it: see docs/glossary.md. The lint plugin looks for
// them in TypeScript, and scripts/check-words.ts in Markdown.

/** Something that is said otherwise. */
export interface Word {
  /** What is found, in prose; a space stands for any space, a line's end and the sign of a comment included. */
  readonly pattern: string;
  readonly instead: string;
}

/** A word that was found. */
export interface Finding {
  /** Where it is in the text. */
  readonly start: number;
  readonly end: number;
  /** The word, in one line. */
  readonly text: string;
  readonly instead: string;
}

/** Of which "who" may be said: readers look for a client where it stands alone, or after "those". */
const PEOPLE = "users?|people|persons?|readers?|operators?|authors?|maintainers?|contributors?|engineers?|reviewers?";

/** With which "on" says where something goes: "goes on the wire". */
const PLACES = "the|an?|each|every|one|its|their|this|that|ads";

export const WORDS: readonly Word[] = [
  { pattern: "told|tell|tells|telling", instead: "send, report, print, or distinguish" },
  { pattern: "answer|answers|answered|answering|unanswered", instead: "respond, response, ACK, NACK or result" },
  { pattern: "nobody|somebody|anybody", instead: "the noun: no client, a client, a user" },
  { pattern: `(?<!\\b(?:${PEOPLE}),? )who`, instead: "a client that, or which client" },
  { pattern: "be it", instead: "whether, or even" },
  { pattern: "(?:is|are) gone", instead: "was removed, were removed, or has ended" },
  { pattern: "what there is", instead: "the noun: the resources, the view, the snapshot" },
  { pattern: "there is nothing", instead: "no, with the noun: the view is empty, no resource has the name" },
  { pattern: "of its own accord", instead: "unasked, or without a request" },
  { pattern: `(?:go|goes|going|went|gone) on(?! (?:${PLACES})\\b)`, instead: "continue, or keep" },
];

/** Parts of identifiers, which are words in them: `answersDue` has "answers". */
export const PARTS: Readonly<Record<string, string>> = {
  told: "sent, reported, or initialised",
  tell: "send or report",
  tells: "sends or reports",
  answer: "response, result, ack or nack",
  answers: "responses, results or acks",
  answered: "acknowledged or responded",
  unanswered: "inFlight or pending",
  nobody: "the noun",
  somebody: "the noun",
  anybody: "the noun",
  owed: "requested",
  owes: "requested",
  verdict: `"ack" | "nack"`,
  laggard: "BufferedStream",
  laggards: "BufferedStream",
};

/** Whole identifiers. */
export const IDENTIFIERS: Readonly<Record<string, string>> = {
  leadsTo: "dependencies or unmet",
  keptSince: "withheldSince",
  heldSince: "blockedSince",
  givenUp: "overdue",
  newsOf: "changed",
  beatAt: "the heartbeat's due time",
  spelledName: "the client's spelling",
  AskedNames: "RequestedNames",
};

/** Finds words in prose, but for addresses. What else is no prose has been replaced by as many other characters. */
export function findWords(text: string): Finding[] {
  const prose = text.replaceAll(/https?:\/\/[^\s)>]+/g, blank);
  return WORDS.flatMap(({ pattern, instead }) => {
    const matches = prose.matchAll(new RegExp(`\\b(?:${pattern.replaceAll(" ", "\\s+")})\\b`, "gi"));
    return [...matches].map(({ index, 0: match }) => {
      return { start: index, end: index + match.length, text: match.replaceAll(/\s+/g, " "), instead };
    });
  }).sort((a, b) => a.start - b.start);
}

/** Finds the words in an identifier. @returns undefined if all of it may be said */
export function findInIdentifier(name: string): Pick<Finding, "text" | "instead"> | undefined {
  const whole = IDENTIFIERS[name];
  if (whole !== undefined && Object.hasOwn(IDENTIFIERS, name)) return { text: name, instead: whole };
  const part = partsOf(name).find((each) => Object.hasOwn(PARTS, each));
  return part === undefined ? undefined : { text: part, instead: PARTS[part]! };
}

/** `SubscribedNames`, `subscribed_names` and `SUBSCRIBED_NAMES` are "subscribed" and "names". */
function partsOf(name: string): string[] {
  return name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)?.map((part) => part.toLowerCase()) ?? [];
}

/** Blanks what is no prose in a Markdown text: where its links lead. */
export function proseOfMarkdown(text: string): string {
  return text.replaceAll(/(?<=\]\()[^)]*(?=\))|(?<=^\[[^\]]+\]: ).*/gm, blank);
}

/** As many characters that are neither words nor space. */
export function blank(text: string): string {
  return "\0".repeat(text.length);
}
