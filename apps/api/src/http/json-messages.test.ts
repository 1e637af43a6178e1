import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { errorOf } from '../../test/support/browser.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

const EXCHANGE = { code: 'c', state: 'a'.repeat(43) };
const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', 'content-type': 'application/json' };

test.each([
  ['incomplete JSON', '{"code":'],
  ['undefined', 'undefined'],
  ['NaN', 'NaN'],
  ['a body of blanks', '  '],
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
  '%s refuses every body but an empty object',
  async (url) => {
    const { app } = await startApi();
    for (const payload of ['{"x":1}', '{"toString":1}', 'null', '[]', '""', '0', 'false']) {
      const response = await app.inject({ method: 'POST', url, headers, payload });
      expect(errorOf(response)).toBe('400 invalid_request');
    }
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

test.each(['gzip', 'br', 'deflate', 'gzip, identity', 'unknown'])(
  'the code exchange refuses a body with Content-Encoding: %s and does not decompress it',
  async (encoding) => {
    const { app } = await startApi();
    const response = await app.inject({
      method: 'POST',
      url: PATHS.exchangeToken,
      headers: { ...headers, 'content-encoding': encoding },
      payload: Buffer.from([0x1f, 0x8b, 8, 0]),
    });
    expect(errorOf(response)).toBe('415 unsupported_media_type');
  },
);

test.each([
  ['a Content-Type', headers],
  ['a Content-Type with a charset', { ...headers, 'content-type': 'application/json; charset=utf-8' }],
  ['a Content-Length of 0', { ...headers, 'content-length': '0' }],
  ['a Content-Encoding', { ...headers, 'content-encoding': 'gzip' }],
  ['neither Content-Type nor Content-Length', { origin: WEB_ORIGIN, 'x-csrf': '1' }],
])('a request with %s and no body says as much as an empty object', async (_, given) => {
  const { app } = await startApi();
  const start = await app.inject({ method: 'POST', url: PATHS.start, headers: given });
  expect(start.statusCode).toBe(200);
  const exchange = await app.inject({ method: 'POST', url: PATHS.exchangeToken, headers: given });
  expect(errorOf(exchange)).toBe('400 invalid_request');
});

test('an empty chunked body says as much as an empty object', async () => {
  const { app } = await startApi();
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const body = new ReadableStream({ start: (controller) => controller.close() });
  const response = await fetch(origin + PATHS.start, { method: 'POST', headers, body, duplex: 'half' });
  expect(response.status).toBe(200);
});

test('Content-Encoding: identity is no encoding', async () => {
  const { app } = await startApi();
  const request = { method: 'POST', url: PATHS.start, payload: '{}' } as const;
  const response = await app.inject({ ...request, headers: { ...headers, 'content-encoding': 'Identity' } });
  expect(response.statusCode).toBe(200);
});

test('an answer contains only the fields of its schema', async () => {
  const { app } = await startApi();
  const schema = { response: { 200: v.object({ id: v.number() }) } };
  app.get('/example', { schema }, async () => ({ id: 1, refresh_token: 'canary' }));
  expect((await app.inject({ url: '/example' })).body).toBe('{"id":1}');
});

test('an answer that breaks its schema is not sent, and neither error nor log quotes it', async () => {
  const { app, log } = await startApi();
  const schema = { response: { 200: v.object({ id: v.number() }) } };
  app.get('/example', { schema }, async () => ({ id: 'canary' }));
  const response = await app.inject({ url: '/example' });
  expect(errorOf(response)).toBe('500 internal_error');
  expect(response.body + log.join()).not.toContain('canary');
});
