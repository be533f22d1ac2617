import type { MessageTypes } from "../resource/mod.ts";

/** How documents are read. */
export interface ReadOptions {
  /** The name of the file, for places. Default: none. */
  readonly file?: string;
  /** The types of messages that are not of Envoy's API, such as `createRegistry(MyFilterSchema)`. Default: none. */
  readonly types?: MessageTypes;
  /**
   * Replaces what is written in strings, such as `${NAME}` by a variable. It is called with each string that has `${`,
   * never with keys. A plain scalar of YAML is read anew afterwards, so that `${PORT}` can be a number. An error that it
   * throws becomes a problem at that place, with its message. Default: strings stay as they are.
   */
  readonly expand?: (text: string) => string;
}

/** How a text is read. */
export interface ReadTextOptions extends ReadOptions {
  /** Default: `json` if the name of the file ends with `.json`, `yaml` otherwise. */
  readonly format?: "json" | "yaml";
}
