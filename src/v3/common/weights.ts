/** The shares of several clusters, by name: whole numbers, of which 0 is for none. */
export type ClusterWeights = Readonly<Record<string, number>>;

/**
 * The clusters of a `WeightedCluster`.
 *
 * @throws RangeError if a weight is not a whole number, or all of them are 0
 */
export function weightedClusters(weights: ClusterWeights): { name: string; weight: number }[] {
  const clusters = Object.entries(weights).map(([name, weight]) => ({ name, weight }));
  for (const { name, weight } of clusters) {
    if (Number.isInteger(weight) && weight >= 0) continue;
    throw new RangeError(
      `Cannot use ${weight} as the weight of cluster "${name}": it must be a whole number from 0 on`,
    );
  }
  const sum = clusters.reduce((total, { weight }) => total + weight, 0);
  if (sum === 0 || sum > 0xffff_ffff) {
    throw new RangeError(`Cannot use weights with a sum of ${sum}: it must be above 0, and below 2^32`);
  }
  return clusters;
}
