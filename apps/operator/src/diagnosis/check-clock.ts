import type { Answer } from '../send.ts';
import { finding, type Finding } from './finding.ts';

const MAX_DIFFERENCE_MS = 60_000;

/** Compares the clock of this machine with the one of the server that sent this answer. */
export function checkClock(url: string, { headers }: Answer): Finding[] {
  const difference = Date.now() - Date.parse(headers.get('date') ?? '');
  if (!(Math.abs(difference) > MAX_DIFFERENCE_MS)) return []; // NaN without the header
  const seconds = Math.round(Math.abs(difference) / 1000);
  const direction = difference > 0 ? 'ahead of' : 'behind';
  return [
    finding(
      'clock_differs',
      `The clock of this machine is ${seconds} s ${direction} that of ${new URL(url).host}.`,
    ),
  ];
}
