/**
 * The report: each kind of work as a ratio to the baseline of the same round, because one round shares the other load
 * of the machine.
 */
import { availableParallelism } from 'node:os';

/** Messages per second in one round, by kind of work. */
export type BenchRound = ReadonlyMap<string, number>;

export interface BenchFigure {
  readonly work: string;
  /** Messages per second, divided by those of the baseline: median, least and most over the rounds. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
  /** The median of messages per second, on this machine and in this run. */
  readonly perSecond: number;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 1 ? half : half - 1], sorted[half]];
  return (low + high) / 2;
}

/** Compares each kind of work with the baseline, round by round. */
export function compareRounds(rounds: readonly BenchRound[], baseline: string): readonly BenchFigure[] {
  const works = [...(rounds[0]?.keys() ?? [])];
  return works.map((work) => {
    const rates = rounds.map((round) => round.get(work) ?? Number.NaN);
    const ratios = rates.map((rate, n) => rate / (rounds[n]?.get(baseline) ?? Number.NaN));
    return {
      work,
      ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
      perSecond: median(rates),
    };
  });
}

/** Formats the figures as a Markdown table, with the machine on which they were measured. */
export function formatFigures(
  list: readonly BenchFigure[],
  context: { rounds: number; count: number },
): string {
  const lines = list.map(({ work, ratio, perSecond }) => {
    const spread = `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`;
    return `| ${work} | **${ratio.median.toFixed(2)}** | ${spread} | ${Math.round(perSecond)} |`;
  });
  return [
    '| work | ratio to the bare handler | lowest–highest round | messages/s on this machine |',
    '|---|---|---|---|',
    ...lines,
    '',
    `Median of ${context.rounds} interleaved rounds of ${context.count} messages each, one text of 1 KiB to one recipient.`,
    `This machine: ${availableParallelism()} cores, shared by load, gateway and PostgreSQL; Node ${process.versions.node}.`,
    'Compare the ratios; the absolute figures say as much about the machine as about the gateway.',
  ].join('\n');
}
