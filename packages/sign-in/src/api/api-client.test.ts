import { PATHS } from '@oneclick/shared/paths';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { API, serve, useApiServer } from '../../test/api-server.ts';
import { later, stopClock } from '../../test/later.ts';
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

describe('the access token goes to the API and to the origins that were named, and nowhere else', () => {
  const NAMED = 'https://usage.example';
  const API_ORIGINS = ['', API, 'https://api.example', 'https://api.example/'];

  /** Sends the token to this target. Returns the origins that have received it. */
  async function originsReached(target: string, apiOrigin: string): Promise<string[]> {
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}));
    const { get } = createApiClient({ apiOrigin, tokenOrigins: [NAMED] });
    const refused = await get(target, { accessToken: 'token-1', parse }).catch((error: unknown) => error);
    const reached = fetched.mock.calls.map(([url]) => new URL(new Request(url).url).origin);
    fetched.mockRestore();
    // Either the request was sent, or the caller knows that it was not.
    expect(reached.length === 1 || refused instanceof TypeError).toBe(true);
    return reached;
  }

  /** Parts from which a URL can be made that looks like another one. */
  const PARTS = [
    [
      '/',
      '\\',
      '//',
      '@',
      ':',
      '?',
      '#',
      '.',
      '..',
      '%2f',
      '%5c',
      '%40',
      ' ',
      '\t',
      '\n',
      '\0',
      '\u3002',
      '\uFF0F',
    ],
    [
      'https:',
      'http:',
      'https://',
      'HTTPS://',
      'blob:',
      'data:',
      'javascript:',
      'file:///',
      'ws://',
      'about:',
    ],
    [
      'evil.example',
      'usage.example',
      'api.example',
      'localhost:3000',
      '[::1]',
      ':443',
      ':8443',
      'user:pass@',
    ],
    [NAMED, `blob:${NAMED}/`, 'api', 'oauth', '*', ','],
  ].flat();
  const targets = fc.oneof(
    fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join('')),
    fc
      .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary' })), { maxLength: 8 })
      .map((parts) => parts.join('')),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary' }),
  );

  test('whatever string is the target, the access token reaches the API, a named origin or nobody', async () => {
    await fc.assert(
      fc.asyncProperty(targets, fc.constantFrom(...API_ORIGINS), async (target, apiOrigin) => {
        const allowed = [new URL(apiOrigin || location.origin).origin, NAMED];
        for (const origin of await originsReached(target, apiOrigin)) expect(allowed).toContain(origin);
      }),
      { numRuns: 3_000 },
    );
  });

  test('the access token reaches every path of the API and every URL of a named origin', async () => {
    const segments = fc.array(fc.stringMatching(/^[\w~.-]{1,9}$/), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(segments, fc.constantFrom(...API_ORIGINS), async (parts, apiOrigin) => {
        const path = `/${parts.join('/')}?q=1`;
        expect(await originsReached(path, apiOrigin)).toEqual([new URL(apiOrigin || location.origin).origin]);
        expect(await originsReached(NAMED + path, apiOrigin)).toEqual([NAMED]);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    'https://evil.example/y',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '@evil.example/',
    'https://usage.example.evil.example/',
    'https://usage.example:8443/',
    'http://usage.example/',
    'https://usage.example@evil.example/',
    'blob:https://usage.example/0e5c1f9c',
    'usage',
  ])('the access token for the target %j reaches the API or nobody', async (target) => {
    for (const apiOrigin of API_ORIGINS) {
      const reached = await originsReached(target, apiOrigin);
      expect([[], [new URL(apiOrigin || location.origin).origin]]).toContainEqual(reached);
    }
  });

  test('a request with the access token follows no redirect, which could lead elsewhere', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}));
    await readUserinfo();
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ redirect: 'error' });
  });

  test.each(['usage.example', 'http://usage.example', 'file:///', 'data:,', 'javascript:0', '*', ''])(
    'a client can not be created with the token origin %j',
    (origin) => {
      expect(() => createApiClient({ tokenOrigins: [origin] })).toThrow(TypeError);
    },
  );
});

const never = () => new Promise<never>(() => undefined);
const withoutEnd = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }));

describe('the time limit of a request', () => {
  test.each([
    ['without an answer', never],
    ['whose answer has no end', async () => withoutEnd()],
  ])('a request %s is given up after 15 seconds', async (_, respond) => {
    stopClock();
    // As in WebKit, where the signal of a request may never fire.
    vi.spyOn(globalThis, 'fetch').mockImplementation(respond);
    const settled = vi.fn<(error: unknown) => void>();
    for (const request of [
      readUserinfo(),
      api.post(PATHS.start, { body: {}, parse }),
      api.post(PATHS.exchangeToken, { body: {}, parse }),
      api.post(PATHS.session, { parse, response: respond() }),
    ]) {
      request.catch(settled);
    }
    await later(14_000);
    expect(settled).not.toHaveBeenCalled();
    await later(1_000);
    expect(settled).toHaveBeenCalledTimes(4);
    for (const [error] of settled.mock.calls) {
      expect(error).toMatchObject({ code: 'api_unreachable', retryable: true });
    }
  });
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
    "another server's error with a code that the API has, too",
    () => Response.json({ error: 'invalid_token' }, { status: 401 }),
    'api_bad_answer',
    false,
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

test.each([200, 502])(
  'a page of HTML with status %i is never offline, and has its status',
  async (status) => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    serve('userinfo', () => answer.html(status));
    await expect(readUserinfo()).rejects.toMatchObject({ code: 'api_unreachable', status });
  },
);

test.each([
  { status: 401, code: 'session_invalid' },
  { status: 409, code: 'api_bad_answer' },
  { status: 503, code: 'internal_error' },
])('an error code of a newer API is handled by its status: $status', async ({ status, code }) => {
  const body = { error: 'code_of_tomorrow', error_description: 'x', request_id: 'r-1', retryable: true };
  serve('userinfo', () => Response.json(body, { status, headers: { 'Retry-After': '2' } }));
  const error = { code, status, retryable: true, requestId: 'r-1', retryAfterMs: 2000 };
  await expect(readUserinfo()).rejects.toMatchObject(error);
});

test.each([
  ['JSON', { error: 'invalid_token', hint: 'expired' }],
  ['a text', 'no such page'],
])('an error of another server keeps its status and its body: %s', async (_, body) => {
  const respond = () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status: 404 });
  serve('userinfo', respond);
  await expect(readUserinfo()).rejects.toMatchObject({ status: 404, body });
});

test('an error of the API has no body, and one of a token origin is never taken for it', async () => {
  const tokenOrigins = ['https://usage.example'];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer.error('invalid_token'));
  expect(await readUserinfo().catch((error: unknown) => error)).not.toHaveProperty('body');
  const foreign = createApiClient({ apiOrigin: API, tokenOrigins }).get('https://usage.example/y', {
    accessToken: 'token-1',
    parse,
  });
  await expect(foreign).rejects.toMatchObject({
    code: 'api_bad_answer',
    status: 401,
    body: { error: 'invalid_token' },
  });
});

test.each([
  ['a refusal', 403, { code: 'api_bad_answer', retryable: false, status: 403, body: 'no such plan' }],
  ['a failure', 503, { code: 'api_unreachable', retryable: true, status: 503, body: 'no such plan' }],
])('%s of a token origin in plain text keeps its meaning', async (_, status, error) => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('no such plan', { status }));
  const { get } = createApiClient({ apiOrigin: API, tokenOrigins: ['https://usage.example'] });
  const refused = get('https://usage.example/y', { accessToken: 'token-1', parse });
  await expect(refused).rejects.toMatchObject(error);
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
