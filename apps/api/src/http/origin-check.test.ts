import { PATHS } from '@oneclick/shared/paths';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../test/support/browser.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';

const COOKIE_ROUTES = [PATHS.start, PATHS.exchangeToken, PATHS.session, PATHS.refreshToken, PATHS.logout];

/** Sends exactly these headers. */
async function post(headers: Record<string, string | string[]>, url: string = PATHS.start) {
  const { app } = await startApi();
  return app.inject({ method: 'POST', url, headers });
}

describe.each(COOKIE_ROUTES)('%s', (url) => {
  test('a cookie route refuses a request without Origin, with a foreign Origin, or without X-CSRF', async () => {
    expect(errorOf(await post({ 'x-csrf': '1' }, url))).toBe('403 origin_not_allowed');
    expect(errorOf(await post({ 'x-csrf': '1', origin: 'https://evil.example' }, url))).toBe(
      '403 origin_not_allowed',
    );
    expect(errorOf(await post({ origin: WEB_ORIGIN }, url))).toBe('403 csrf_header_missing');
  });
});

test.each([
  'null',
  `${WEB_ORIGIN}.evil.com`,
  'https://evil-app.example.com',
  'http://app.example.com',
  `${WEB_ORIGIN}:444`,
  `${WEB_ORIGIN}/`,
  WEB_ORIGIN.toUpperCase(),
  `${WEB_ORIGIN}, https://evil.example`,
])('a request from the origin %s is refused and sets no cookie', async (origin) => {
  const response = await post({ 'x-csrf': '1', origin });
  expect(errorOf(response)).toBe('403 origin_not_allowed');
  expect(response.headers['set-cookie']).toBeUndefined();
});

test.each(['0', 'true', '', '1, 1'])('a request with X-CSRF: "%s" is refused', async (value) => {
  expect(errorOf(await post({ origin: WEB_ORIGIN, 'x-csrf': value }))).toBe('403 csrf_header_missing');
});

test.each([
  ['sec-fetch-site', 'cross-site'],
  ['sec-fetch-site', 'same-site'],
  ['sec-fetch-site', 'none'],
  ['sec-fetch-mode', 'navigate'],
  ['sec-fetch-mode', 'no-cors'],
])('a request from an allowed Origin with %s: %s is refused', async (name, value) => {
  expect(errorOf(await post({ origin: WEB_ORIGIN, 'x-csrf': '1', [name]: value }))).toBe(
    '403 origin_not_allowed',
  );
});

test('a request of the web app is accepted with and without Fetch Metadata', async () => {
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1' };
  expect((await post(headers)).statusCode).toBe(200);
  expect(
    (await post({ ...headers, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).statusCode,
  ).toBe(200);
});

test.each([
  ['https://evil.example', 'https://evil.example'],
  ['https://user:canary@evil.example/canary?canary', 'https://evil.example'],
  [`https://${'x'.repeat(200)}.canary`, `https://${'x'.repeat(92)}`],
  ['canary', 'malformed'],
  ['null', 'null'],
])('the refused origin %s is logged as %s', async (origin, logged) => {
  const { app, events, log } = await startApi();
  await app.inject({ method: 'POST', url: PATHS.start, headers: { origin, 'x-csrf': '1' } });
  expect(events()).toEqual(['request_refused']);
  expect(log.join()).toContain(`"origin":"${logged}"`);
  expect(log.join()).not.toContain('canary');
});
