import { PATHS } from '@oneclick/shared/paths';
import { expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { createApiClient } from './api-client.ts';

useApiServer();

const api = createApiClient({ apiOrigin: `${API}/` });
const parse = (body: unknown) => body;
const readUserinfo = () => api.get(PATHS.userinfo, { accessToken: 'token-1', parse });

test('a cookie route gets the cookies, the header against CSRF and no token', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const requests = serve('start', answer.start);
  await api.post(PATHS.start, { body: {}, parse });
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ credentials: 'include', cache: 'no-store' });
  expect(requests[0]!.headers.get('X-CSRF')).toBe('1');
  expect(requests[0]!.headers.get('Content-Type')).toBe('application/json');
  expect(requests[0]!.headers.get('Authorization')).toBeNull();
});

test('a bearer route gets the token and no cookies', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const requests = serve('userinfo', () => answer.userinfo());
  await readUserinfo();
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ credentials: 'omit', cache: 'no-store' });
  expect(requests[0]!.headers.get('Authorization')).toBe('Bearer token-1');
});

test.each([
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '/\t/evil.example/',
  '@evil.example/',
])('the access token is not sent to the path %j, which leads to another origin', async (path) => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({}));
  for (const apiOrigin of ['', API, 'https://api.example']) {
    const { get } = createApiClient({ apiOrigin });
    await get(path, { accessToken: 'token-1', parse }).catch(() => undefined);
  }
  const hosts = fetched.mock.calls.map(([url]) => new URL(new Request(url).url).hostname);
  expect(new Set([...hosts, 'localhost', 'api.example'])).toEqual(new Set(['localhost', 'api.example']));
  await expect(
    createApiClient({ apiOrigin: '' }).get(path, { accessToken: 'token-1', parse }),
  ).rejects.toThrow(TypeError);
});

test.each([
  ['an error of the contract', () => answer.error('provider_timeout'), 'provider_timeout', true],
  ['a page of HTML with status 502', () => answer.html(502), 'api_unreachable', true],
  [
    'JSON of another server with status 503',
    () => Response.json({ error: 'x' }, { status: 503 }),
    'api_unreachable',
    true,
  ],
  [
    'JSON of another server with status 404',
    () => Response.json({}, { status: 404 }),
    'api_bad_answer',
    false,
  ],
  ['a broken connection', answer.networkError, 'api_unreachable', true],
])('%s becomes an error with a code', async (_, resolve, code, retryable) => {
  serve('userinfo', resolve);
  await expect(readUserinfo()).rejects.toMatchObject({ name: 'SignInError', code, retryable });
});

test('without a network the code is offline', async () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  serve('userinfo', answer.networkError);
  await expect(readUserinfo()).rejects.toMatchObject({ code: 'offline', retryable: true });
});

test('the request id is taken if it is one, and Retry-After counts for a minute at most', async () => {
  serve('userinfo', () => answer.error('rate_limited', { 'Retry-After': '3600' }));
  await expect(readUserinfo()).rejects.toMatchObject({ requestId: 'req-1', retryAfterMs: 60_000 });
  serve('userinfo', () =>
    Response.json({ error: 'rate_limited', request_id: '<b>', retryable: true }, { status: 429 }),
  );
  const error: unknown = await readUserinfo().catch((cause: unknown) => cause);
  expect(error).not.toHaveProperty('requestId');
  expect(error).not.toHaveProperty('retryAfterMs');
});

test('without an origin the API is where the page says, read at the request', async () => {
  const meta = document.createElement('meta');
  meta.name = 'api-origin';
  document.head.append(meta);
  const withoutOrigin = createApiClient();
  meta.content = API;
  const requests = serve('start', answer.start);
  await withoutOrigin.post(PATHS.start, { body: {}, parse });
  expect(requests).toHaveLength(1);
  meta.remove();
});
