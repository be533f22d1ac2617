import { Snapshot } from "../../cache/mod.ts";
import {
  asPlacedProblem,
  type ClientLayers,
  compose,
  type Composition,
  type LayerFile,
  type PlacedProblem,
  placeText,
  problemText,
  resourcesIn,
} from "../../files/mod.ts";
import type { ValidateOptions } from "../../validate/mod.ts";
import { validatePlacedBy } from "../../files/validate-placed.ts";
import { Validator } from "../../validate/validator.ts";
import { isError } from "./publication.ts";

/**
 * What is wrong in files unless it is said otherwise: a reference that leads nowhere is an error, since nothing else will
 * be published that it could lead to.
 */
const OF_FILES: ValidateOptions = { rules: { reference: "error" } };

/** Makes the validator of files; undefined for none. @param options - default: a reference that leads nowhere is an error */
export function validatorOf(options: ValidateOptions | false = OF_FILES): Validator | undefined {
  return options === false ? undefined : new Validator(options);
}

/** The files at one moment, by the clients that they are for. */
export class LayeredFiles {
  /** The number of files. */
  readonly fileCount: number;
  /** The number of resources of all layers. */
  readonly resourceCount: number;
  readonly #validator: Validator | undefined;
  /** What was found so far, by layers. */
  readonly #problems = new Map<string, readonly PlacedProblem[]>();
  readonly #common: LayerFile[] = [];
  readonly #byLayer = { cluster: new Map<string, LayerFile[]>(), node: new Map<string, LayerFile[]>() };

  constructor(files: readonly LayerFile[], validator: Validator | undefined) {
    this.fileCount = files.length;
    this.resourceCount = files.reduce((sum, { content }) => sum + content.resources.length, 0);
    this.#validator = validator;
    for (const file of files) this.#filesOf(file).push(file);
  }

  /** The layers of a client that have files: clients with the same ones have the same resources. */
  layersOf({ node, cluster }: ClientLayers): ClientLayers {
    const { cluster: clusters, node: nodes } = this.#byLayer;
    return {
      ...cluster !== undefined && clusters.has(cluster) && { cluster },
      ...node !== undefined && nodes.has(node) && { node },
    };
  }

  /**
   * Clients without a layer, and those of each layer. A client whose node has a layer is in one cluster, and the layer of
   * that may have what the one of the node refers to: where the node's is wrong by itself, the cluster is the one with
   * which the least is wrong.
   */
  layers(): ClientLayers[] {
    const { cluster, node } = this.#byLayer;
    return [
      {},
      ...[...cluster.keys()].map((cluster) => ({ cluster })),
      ...[...node.keys()].map((node) => this.#bestLayersOf(node)),
    ];
  }

  /**
   * What is wrong for clients without a layer, for those of each cluster, for those of each node in any cluster, and for
   * these clients, each problem once.
   */
  problemsOf(clients: Iterable<ClientLayers> = []): PlacedProblem[] {
    const layers = new Map([...this.layers(), ...clients].map((each) => {
      const own = this.layersOf(each);
      return [JSON.stringify(own), own];
    }));
    const found = new Map<string, PlacedProblem>();
    for (const each of layers.values()) {
      for (const problem of this.problemsOfOne(each)) {
        const key = `${placeText(problem)} ${problemText(problem)}`;
        // What is wrong for all is wrong in each layer.
        if (!found.has(key)) found.set(key, isForAll(each) ? problem : { ...problem, layers: each });
      }
    }
    return [...found.values()];
  }

  /** What is wrong for the clients of some layers. */
  problemsOfOne(layers: ClientLayers): readonly PlacedProblem[] {
    const key = JSON.stringify(layers);
    let problems = this.#problems.get(key);
    if (problems === undefined) this.#problems.set(key, problems = this.#problemsOf(layers));
    return problems;
  }

  /** Whether the clients of some layers can be served. */
  isValid(layers: ClientLayers): boolean {
    return this.#errorsOf(layers) === 0;
  }

  /** What the clients of some layers have. @param former - unchanged resources are taken from it */
  snapshotOf(layers: ClientLayers, former: Snapshot | undefined): Snapshot {
    const resources = resourcesIn(this.compose(layers));
    if (former === undefined) return new Snapshot({ resources });
    const update = resources.filter(({ typeUrl, name, version }) => former.get(typeUrl, name)?.version !== version);
    const names = new Set(resources.map(({ typeUrl, name }) => `${typeUrl}\n${name}`));
    const all = former.types.flatMap((typeUrl) => [...former.resources(typeUrl).values()]);
    const remove = all.filter(({ typeUrl, name }) => !names.has(`${typeUrl}\n${name}`));
    return update.length + remove.length === 0 ? former : former.with({ update, remove });
  }

  /** The resources of some layers, with their places. */
  compose(layers: ClientLayers): Composition {
    const { cluster, node } = this.#byLayer;
    const own = [...cluster.get(layers.cluster ?? "") ?? [], ...node.get(layers.node ?? "") ?? []];
    return compose([...this.#common, ...own], layers);
  }

  #problemsOf(layers: ClientLayers): readonly PlacedProblem[] {
    const composition = this.compose(layers);
    const problems = composition.problems.map(asPlacedProblem);
    if (this.#validator === undefined || problems.length > 0) return problems;
    return validatePlacedBy(this.#validator, composition.resources);
  }

  #bestLayersOf(node: string): ClientLayers {
    let [best, fewest]: [ClientLayers, number] = [{ node }, this.#errorsOf({ node })];
    for (const cluster of fewest > 0 ? this.#byLayer.cluster.keys() : []) {
      const errors = this.#errorsOf({ cluster, node });
      if (errors < fewest) [best, fewest] = [{ cluster, node }, errors];
      if (fewest === 0) break;
    }
    return best;
  }

  #errorsOf(layers: ClientLayers): number {
    return this.problemsOfOne(layers).filter(isError).length;
  }

  #filesOf({ layer }: LayerFile): LayerFile[] {
    if (layer.of === "all") return this.#common;
    const byName = this.#byLayer[layer.of];
    let files = byName.get(layer.name);
    if (files === undefined) byName.set(layer.name, files = []);
    return files;
  }
}

function isForAll({ node, cluster }: ClientLayers): boolean {
  return node === undefined && cluster === undefined;
}
