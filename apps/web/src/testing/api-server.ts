import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import type { TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';

/*
 * The API as the web app's tests see it: real requests, answered by the contract. A request that no test
 * expects fails it, and so does an unexpected console.error.
 */

export const API = 'http://localhost:3000';
export const STATE = 's'.repeat(43);

const tokenResponse = (changes: Partial<TokenResponse> = {}): TokenResponse => ({
  access_token: 'token-1',
  token_type: 'Bearer',
  expires_in: 7200,
  scope: 'profile balance',
  session_id: 'session-1',
  ...changes,
});

export const userinfo = {
  id: 12345,
  username: 'user123',
  email: 'user@example.com',
  quota: 1000000,
  used_quota: 250000,
  balance_formatted: '750.00',
  created_time: 1640995200,
  status: 1,
};

export const answer = {
  start: () =>
    HttpResponse.json({
      authorizationUrl: 'http://provider.example/authorize?state=' + STATE,
      state: STATE,
      expiresIn: 600,
    }),
  token: (changes?: Partial<TokenResponse>) => HttpResponse.json(tokenResponse(changes)),
  error: (code: ErrorCode, headers?: Record<string, string>) =>
    HttpResponse.json(
      { error: code, error_description: '', request_id: 'req-1', retryable: ERRORS[code].retryable },
      { status: ERRORS[code].status, ...(headers && { headers }) },
    ),
};

const server = setupServer();

/** Answers one endpoint, and records what was asked of it. */
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
