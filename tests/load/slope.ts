/** A value at a time. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The slope of a line through points by least squares: how much `y` grows with each 1 of `x`. 0 without two points. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x0 = mean(points.map(({ x }) => x));
  const y0 = mean(points.map(({ y }) => y));
  const spread = points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
  return spread > 0 ? points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0) / spread : 0;
}

/** The value that half of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
