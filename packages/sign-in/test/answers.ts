import { ERRORS, type ErrorCode } from '@oneclick/shared/error-status';
import type { StartResponse, TokenResponse, Userinfo } from '@oneclick/shared/messages';
import { HttpResponse } from 'msw';

/*
 * The answers of the API by its contract, and the answers of something else in its place. For msw, in Node.js and in a
 * browser.
 */

export const STATE = 's'.repeat(43);

/** The account of the user who signs in. */
export const userinfo = {
  id: 12345,
  username: 'user123',
  email: 'user@example.com',
  quota: 1000000,
  used_quota: 250000,
  balance_formatted: '750.00',
  created_time: 1640995200,
  status: 1,
} satisfies Userinfo;

const startResponse: StartResponse = {
  authorizationUrl: 'http://provider.example/authorize?state=' + STATE,
  state: STATE,
  expiresIn: 600,
};

const tokenResponse = (changes: Partial<TokenResponse> = {}): TokenResponse => ({
  access_token: 'token-1',
  token_type: 'Bearer',
  expires_in: 7200,
  scope: 'profile balance',
  session_id: 'session-1',
  ...changes,
});

export const answer = {
  start: () => HttpResponse.json(startResponse),
  /** In place of ten minutes. */
  startForOneSecond: () => HttpResponse.json({ ...startResponse, expiresIn: 1 }),
  token: (changes?: Partial<TokenResponse>) => HttpResponse.json(tokenResponse(changes)),
  userinfo: (changes?: Partial<Userinfo>) => HttpResponse.json({ ...userinfo, ...changes }),
  error: (
    code: ErrorCode,
    headers?: Record<string, string>,
    { retryable }: { retryable: boolean } = ERRORS[code],
  ) =>
    HttpResponse.json(
      { error: code, error_description: '', request_id: 'req-1', retryable },
      { status: ERRORS[code].status, ...(headers && { headers }) },
    ),
  noContent: () => new HttpResponse(undefined, { status: 204 }),
  /** The page of a proxy whose API is down, or of a firewall. */
  html: (status: number) =>
    new HttpResponse('<!doctype html><h1>Bad Gateway</h1>', {
      status,
      headers: { 'Content-Type': 'text/html' },
    }),
  /** The connection breaks. */
  networkError: () => HttpResponse.error(),
};
