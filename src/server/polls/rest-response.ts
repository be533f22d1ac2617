import type { View } from "../../cache/mod.ts";
import type { Fetched } from "./poll-result.ts";
import type { ResourceJson } from "./resource-json.ts";

/** Writes a `DiscoveryResponse` in proto3 JSON. An answer that is the same for many is written once for all of them. */
export class JsonResponses {
  readonly #json: ResourceJson;
  readonly #identifier: string;
  readonly #whole = new WeakMap<View, WholeAnswer>();

  /** @param options.identifier - sent as `controlPlane.identifier`; empty: nothing is sent */
  constructor(json: ResourceJson, { identifier }: { readonly identifier: string }) {
    this.#json = json;
    this.#identifier = identifier;
  }

  /**
   * @returns UTF-8
   * @throws JsonError where a resource cannot be written
   */
  async write(typeUrl: string, { version, resources, whole }: Fetched): Promise<Uint8Array> {
    if (whole === undefined) return this.#write(typeUrl, version, resources);
    const { revision } = whole;
    const known = this.#whole.get(whole);
    if (known?.revision === revision && known.version === version) return known.bytes;
    const bytes = await this.#write(typeUrl, version, resources);
    this.#whole.set(whole, { revision, version, bytes });
    return bytes;
  }

  async #write(typeUrl: string, version: string, resources: Fetched["resources"]): Promise<Uint8Array> {
    const texts = await this.#json.textsOf(resources);
    const rest = {
      typeUrl,
      ...this.#identifier !== "" && { controlPlane: { identifier: this.#identifier } },
    };
    const head = `{"versionInfo":${JSON.stringify(version)},"resources":[`;
    return encoder.encode(`${head}${texts.join(",")}],${JSON.stringify(rest).slice(1)}`);
  }
}

interface WholeAnswer {
  readonly revision: number;
  readonly version: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
