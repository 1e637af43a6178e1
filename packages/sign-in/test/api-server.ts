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

type Resolve = (request: Request) => Response | Promise<Response>;

/** Answers one endpoint from now on, and records the requests to it. */
export function serve(endpoint: keyof typeof PATHS, resolve: Resolve): Request[] {
  return serveUrl(API + PATHS[endpoint], resolve);
}

/** The same for a server on another origin, which allows the page to read its answers. */
export function serveOtherOrigin(url: string, resolve: Resolve): Request[] {
  const requests = serveUrl(url, async (request) => {
    const response = await resolve(request);
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
    return response;
  });
  server.use(http.options(url, () => new Response(null, { status: 204, headers: CORS })));
  return requests;
}

const CORS = {
  'Access-Control-Allow-Origin': API,
  'Access-Control-Allow-Methods': 'GET, POST, PUT',
  'Access-Control-Allow-Headers': 'authorization, content-type, x-order',
  'Access-Control-Expose-Headers': 'WWW-Authenticate',
};

function serveUrl(url: string, resolve: Resolve): Request[] {
  const requests: Request[] = [];
  server.use(
    http.all(url, ({ request }) => {
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
