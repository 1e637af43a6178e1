import { PATHS } from '@oneclick/shared/paths';
import { http, HttpResponse, type HttpHandler } from 'msw';

/** The answers of the API's endpoints. `never`: no answer until the story is closed. */
export type Answers = Partial<Record<keyof typeof PATHS, (() => Response) | 'never'>>;

/** An API on this page's own origin, as msw handlers for the endpoints that have an answer. */
export function apiDouble(answers: Answers, { signal }: { signal: AbortSignal }): HttpHandler[] {
  const byEndpoint = new Map(Object.entries(answers));
  return Object.entries(PATHS).flatMap(([endpoint, path]) => {
    const answer = byEndpoint.get(endpoint);
    if (!answer) return [];
    return http.all(location.origin + path, () =>
      answer === 'never' ? networkErrorOnAbort(signal) : answer(),
    );
  });
}

function networkErrorOnAbort(signal: AbortSignal): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const end = () => resolve(HttpResponse.error());
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return promise;
}
