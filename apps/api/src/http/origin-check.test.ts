import { PATHS } from '@oneclick/shared/paths';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../test/support/browser.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();
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

test('a refused request logs the event request_refused without its origin', async () => {
  const { app, events, log } = await startApi();
  await app.inject({ method: 'POST', url: PATHS.start, headers: { origin: 'https://evil.example' } });
  expect(events()).toEqual(['request_refused']);
  expect(log.join()).not.toContain('evil');
});

const EXCHANGE = { code: 'c', state: 'a'.repeat(43) };

describe('bodies', () => {
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', 'content-type': 'application/json' };

  test.each([
    ['incomplete JSON', '{"code":'],
    ['undefined', 'undefined'],
    ['NaN', 'NaN'],
    ['an empty body', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['a number', '1'],
    ['an empty object', '{}'],
    ['a code that is a number', JSON.stringify({ ...EXCHANGE, code: 1 })],
    ['a code that is a list', JSON.stringify({ ...EXCHANGE, code: ['c'] })],
    ['a code that is null', JSON.stringify({ ...EXCHANGE, code: null })],
    ['a code that is true', JSON.stringify({ ...EXCHANGE, code: true })],
    ['an empty code', JSON.stringify({ ...EXCHANGE, code: '' })],
    ['a code of 2,049 characters', JSON.stringify({ ...EXCHANGE, code: 'c'.repeat(2049) })],
    ['a code with a line break', JSON.stringify({ ...EXCHANGE, code: 'c\r\nx: y' })],
    ['a code with an emoji', JSON.stringify({ ...EXCHANGE, code: '😀' })],
    ['half a surrogate pair', '{"code":"\\ud800","state":"' + EXCHANGE.state + '"}'],
    ['an unknown key', JSON.stringify({ ...EXCHANGE, redirect_uri: 'https://evil.example' })],
    ['code and error', JSON.stringify({ ...EXCHANGE, error: 'access_denied' })],
    ['__proto__', `{"__proto__":{"polluted":true},"code":"c","state":"${EXCHANGE.state}"}`],
    [
      'constructor.prototype',
      `{"constructor":{"prototype":{"polluted":true}},"code":"c","state":"${EXCHANGE.state}"}`,
    ],
    ['a state with a line break', JSON.stringify({ code: 'c', state: 'a'.repeat(40) + '\r\nx' })],
    ['a state with a semicolon', JSON.stringify({ code: 'c', state: 'a'.repeat(42) + ';' })],
    ['a state of 10 characters', JSON.stringify({ code: 'c', state: 'a'.repeat(10) })],
    ['the key code twice', `{"code":"c","code":1,"state":"${EXCHANGE.state}"}`],
    ['4,000 nested lists', '['.repeat(4000)],
  ])('the code exchange refuses a malformed body without quoting it: %s', async (_, payload) => {
    const { app } = await startApi();
    const response = await app.inject({ method: 'POST', url: PATHS.exchangeToken, headers, payload });
    expect(errorOf(response)).toBe('400 invalid_request');
    expect(response.body).not.toMatch(/FST_|evil|polluted|body/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(provider.tokenRequests).toEqual([]);
  });

  test.each([PATHS.start, PATHS.session, PATHS.refreshToken, PATHS.logout])(
    '%s refuses a body with parameters',
    async (url) => {
      const { app } = await startApi();
      const answer = async (payload: string) => app.inject({ method: 'POST', url, headers, payload });
      expect(errorOf(await answer('{"x":1}'))).toBe('400 invalid_request');
      expect(errorOf(await answer('null'))).toBe('400 invalid_request');
    },
  );

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json\ta',
    'application/jsonx',
    '',
  ])('the code exchange refuses a body of the type "%s"', async (type) => {
    const { app } = await startApi();
    const response = await app.inject({
      method: 'POST',
      url: PATHS.exchangeToken,
      headers: { ...headers, 'content-type': type },
      payload: JSON.stringify(EXCHANGE),
    });
    expect(errorOf(response)).toBe('415 unsupported_media_type');
  });

  test('the code exchange refuses a body of 9 KB', async () => {
    const { app } = await startApi();
    const payload = JSON.stringify({ ...EXCHANGE, code: 'c'.repeat(9000) });
    const response = await app.inject({ method: 'POST', url: PATHS.exchangeToken, headers, payload });
    expect(errorOf(response)).toBe('413 payload_too_large');
  });

  test('the code exchange refuses a compressed body and does not decompress it', async () => {
    const { app } = await startApi();
    const response = await app.inject({
      method: 'POST',
      url: PATHS.exchangeToken,
      headers: { ...headers, 'content-encoding': 'gzip' },
      payload: Buffer.from([0x1f, 0x8b, 8, 0]),
    });
    expect(errorOf(response)).toBe('400 invalid_request');
  });
});
