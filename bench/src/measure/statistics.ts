export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** By linear interpolation; NaN of nothing. */
export const quantile = (values: readonly number[], rank: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * rank;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};

/** The median of the ratios within each round: what noise does to a whole round cancels out. */
export const pairedRatio = (values: readonly number[], against: readonly number[]): number =>
  median(values.map((value, round) => value / (against[round] ?? Number.NaN)));

/** Welch's t of two samples of unequal variance: how many standard errors their means are apart. */
export const welch = (left: readonly number[], right: readonly number[]): number => {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  return (a.mean - b.mean) / Math.sqrt(a.variance / left.length + b.variance / right.length);
};

const momentsOf = (values: readonly number[]): { readonly mean: number; readonly variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
};
