/** Something that takes bytes from outside. */
export interface Target {
  /** As it is on the command line. */
  readonly name: string;
  readonly what: string;
  /** Inputs to begin with, besides those of the corpus. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mutations insert. Default: none. */
  readonly words?: readonly string[];
  /** How many bytes come before a list of messages, of which the rest of the input is; undefined where it is none. */
  readonly messagesAt?: number;
  /** The largest input, in bytes. Default: 4,096. */
  readonly maxBytes?: number;
  /** Makes what the inputs are tried on. */
  open(): Promise<Subject> | Subject;
}

/** What inputs are tried on, one after the other. */
export interface Subject extends AsyncDisposable {
  /** Takes one input. What it throws, or rejects with, is a finding. */
  run(input: Uint8Array): Promise<void> | void;
  /** What must hold after some inputs, such as that another client is served. What it throws is a finding. */
  check(): Promise<void> | void;
}
