import type { RecordedRequest } from './recorded-server.ts';
import type { Wait } from './visit.ts';

/** Requests that ran at the same time, after the requests of the round before had been answered. */
export interface Round {
  requests: RecordedRequest[];
  /** The requests to the provider that the app's server sent meanwhile. */
  onward: RecordedRequest[];
}

/**
 * The round trips in series from the click or the reload to the balance. A request belongs to the round after the last one
 * that was answered before it was sent.
 */
export function roundsOf({ startedAt, ms, requests }: Wait): Round[] {
  const rounds: Round[] = [];
  const untilShown = requests.filter((request) => request.startedAt < startedAt + ms);
  for (const request of untilShown.filter(({ from }) => from === 'browser')) {
    const before = rounds.findLastIndex((round) =>
      round.requests.some(({ endedAt = Infinity }) => endedAt <= request.startedAt),
    );
    (rounds[before + 1] ??= { requests: [], onward: [] }).requests.push(request);
  }
  for (const request of untilShown.filter(({ from }) => from === 'server')) {
    const round = rounds.find((candidate) => candidate.requests.some((outer) => isDuring(request, outer)));
    round?.onward.push(request);
  }
  return rounds;
}

/** Whether the app's server sent this request while it answered the other one. */
function isDuring(inner: RecordedRequest, outer: RecordedRequest): boolean {
  const { endedAt = Infinity } = outer;
  return outer.to === 'app' && outer.startedAt <= inner.startedAt && inner.startedAt <= endedAt;
}

/** The method and the path, without the hash that the build puts into the name of a file. */
export function nameOf({ to, method, path }: RecordedRequest): string {
  return `${method} ${to === 'provider' ? 'provider ' : ''}${path.replace(/-[\w-]{8}(?=\.\w+$)/, '')}`;
}
