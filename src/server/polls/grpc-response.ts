import { ResponseFactory } from "../../stream/mod.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import type { PollResult } from "./poll-result.ts";
import { ResponseBody } from "./response-body.ts";

/** Writes `DiscoveryResponse`s in gRPC's frames. One that is the same for every client is written once. */
export class GrpcResponses {
  readonly #factory: ResponseFactory;
  readonly #budget: SendBudget;

  /** @param options.identifier - sent as `control_plane.identifier`; empty: not sent */
  constructor({ identifier, budget }: { readonly identifier: string; readonly budget: SendBudget }) {
    this.#factory = new ResponseFactory({ identifier });
    this.#budget = budget;
  }

  /** @throws ConnectError where clients have too many bytes unread */
  // deno-lint-ignore require-await
  async write(typeUrl: string, { version, resources, whole }: PollResult): Promise<ResponseBody> {
    ResponseBody.check(this.#budget);
    const make = () => this.#factory.make("sotw", { typeUrl, version, resources, removed: [] }, { ttl: false });
    const { frame } = whole === undefined ? make() : this.#factory.share(whole, typeUrl, 0, make);
    return new ResponseBody(frame, this.#budget);
  }
}
