import { PATHS } from '@oneclick/shared/paths';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';

/*
 * The API as the tests of the browser's side see it: real requests, answered by the contract. A request without an
 * answer fails the test, and so does an unexpected console.error.
 */

export const API = 'http://localhost:3000';

/** Also the host of the app's pages, which are asked for their headers and have none. */
const server = setupServer(http.head(`${API}/*`, () => new Response(null)));

/** Answers one endpoint from now on, and records the requests to it. */
export function serve(
  endpoint: keyof typeof PATHS,
  resolve: (request: Request) => Response | Promise<Response>,
): Request[] {
  const requests: Request[] = [];
  server.use(
    http.all(API + PATHS[endpoint], ({ request }) => {
      requests.push(request.clone());
      return resolve(request);
    }),
  );
  return requests;
}

export function useApiServer(): void {
  const consoleError = vi.spyOn(console, 'error');
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    localStorage.clear();
    sessionStorage.clear();
    expect(consoleError.mock.calls).toEqual([]);
    consoleError.mockClear();
  });
  afterAll(() => server.close());
}
