import { PATHS } from '@oneclick/shared/paths';
import { http, HttpResponse, type HttpHandler } from 'msw';

/** `nothing`: not until somebody gives up waiting. */
type Answer = (() => Response) | 'nothing';

/** What an endpoint answers from now on. */
export type Answers = Partial<Record<keyof typeof PATHS, Answer>>;

/**
 * An API on this page's own origin that answers as it is told to, until the signal aborts. For an endpoint that is
 * not named there is no handler.
 */
export function playedApi(answers: Answers, { signal }: { signal: AbortSignal }): HttpHandler[] {
  const byEndpoint = new Map(Object.entries(answers));
  return Object.entries(PATHS).flatMap(([endpoint, path]) => {
    const answer = byEndpoint.get(endpoint);
    if (!answer) return [];
    return http.all(location.origin + path, () => (answer === 'nothing' ? abortion(signal) : answer()));
  });
}

function abortion(signal: AbortSignal): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const end = () => resolve(HttpResponse.error());
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return promise;
}
