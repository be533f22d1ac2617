import type { View } from "../../cache/mod.ts";
import type { PollResult } from "./poll-result.ts";
import type { ResourceJson } from "./resource-json.ts";

/** Writes `DiscoveryResponse`s in proto3 JSON. One that is the same for every client is written once. */
export class RestResponses {
  readonly #json: ResourceJson;
  readonly #identifier: string;
  readonly #whole = new WeakMap<View, WholeResponse>();

  /** @param options.identifier - sent as `controlPlane.identifier`; empty: not sent */
  constructor(json: ResourceJson, { identifier }: { readonly identifier: string }) {
    this.#json = json;
    this.#identifier = identifier;
  }

  /**
   * @returns UTF-8
   * @throws JsonError where a resource cannot be written
   */
  async write(typeUrl: string, { version, resources, whole }: PollResult): Promise<Uint8Array> {
    if (whole === undefined) return this.#write(typeUrl, version, resources);
    const { revision } = whole;
    const known = this.#whole.get(whole);
    if (known?.revision === revision && known.version === version) return known.bytes;
    const bytes = await this.#write(typeUrl, version, resources);
    this.#whole.set(whole, { revision, version, bytes });
    return bytes;
  }

  async #write(typeUrl: string, version: string, resources: PollResult["resources"]): Promise<Uint8Array> {
    const texts = await this.#json.textsOf(resources);
    const rest = {
      typeUrl,
      ...this.#identifier !== "" && { controlPlane: { identifier: this.#identifier } },
    };
    const head = `{"versionInfo":${JSON.stringify(version)},"resources":[`;
    return encoder.encode(`${head}${texts.join(",")}],${JSON.stringify(rest).slice(1)}`);
  }
}

/** A response with all of a view. */
interface WholeResponse {
  readonly revision: number;
  readonly version: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
