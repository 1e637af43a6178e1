/** The values of one server, one per round. */
export interface Measured {
  name: string;
  values: readonly number[];
}

interface Comparison {
  name: string;
  median: number;
  /** To each server that comes before. */
  ratios: { to: string; ratio: number }[];
}

/**
 * Compares servers that were measured in turn. A ratio is the median of the ratios of each round, so that load which came
 * and went between the rounds cancels out.
 */
export function compare(measured: readonly Measured[]): Comparison[] {
  return measured.map(({ name, values }, index) => ({
    name,
    median: medianOf(values),
    ratios: measured.slice(0, index).map((other) => ({
      to: other.name,
      ratio: medianOf(values.map((value, round) => value / (other.values[round] ?? Number.NaN))),
    })),
  }));
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
