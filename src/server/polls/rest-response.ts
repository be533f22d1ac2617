import type { View } from "../../cache/mod.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import type { PollResult } from "./poll-result.ts";
import type { ResourceJson } from "./resource-json.ts";
import { ResponseBody } from "./response-body.ts";

/** Writes `DiscoveryResponse`s in proto3 JSON. One that is the same for every client is written once. */
export class RestResponses {
  readonly #json: ResourceJson;
  readonly #budget: SendBudget;
  readonly #identifier: string;
  readonly #whole = new WeakMap<View, WholeResponse>();

  /** @param options.identifier - sent as `controlPlane.identifier`; empty: not sent */
  constructor(
    json: ResourceJson,
    { identifier, budget }: { readonly identifier: string; readonly budget: SendBudget },
  ) {
    this.#json = json;
    this.#budget = budget;
    this.#identifier = identifier;
  }

  /**
   * @returns UTF-8
   * @throws JsonError where a resource cannot be written
   * @throws ConnectError where clients have too many bytes unread
   */
  async write(typeUrl: string, { version, resources, whole }: PollResult): Promise<ResponseBody> {
    const revision = whole?.revision;
    const known = whole && this.#whole.get(whole);
    if (known !== undefined && known.revision === revision && known.version === version) return this.#body(known.bytes);
    const texts = await this.#json.textsOf(resources);
    // Nothing is awaited between this check and the budget's note of the bytes, so that many polls cannot pass it at once.
    ResponseBody.check(this.#budget);
    const bytes = this.#encode(typeUrl, version, texts);
    if (whole !== undefined) this.#whole.set(whole, { revision: revision!, version, bytes });
    return new ResponseBody(bytes, this.#budget);
  }

  #body(bytes: Uint8Array): ResponseBody {
    ResponseBody.check(this.#budget);
    return new ResponseBody(bytes, this.#budget);
  }

  #encode(typeUrl: string, version: string, texts: readonly string[]): Uint8Array {
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
